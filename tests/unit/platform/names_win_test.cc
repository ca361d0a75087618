// What Windows reads into names is refused; names of any script go to UTF-16 and back.
#include <gtest/gtest.h>

#include <set>

#include "platform/beneath.h"
#include "platform/directory.h"
#include "temp_dir.h"

namespace skerry::platform {
namespace {

class WindowsNamesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto root = Dir::open_host(temp_.path());
    ASSERT_TRUE(root);
    root_ = std::move(*root);
    temp_.write("file", "text");
  }
  Result<File> create(const std::string& path) {
    return Beneath(root_, PathResolver::Auto)
        .open(path, LastLink::Follow, {.read = true, .write = true, .create = true});
  }
  IoError why(const std::string& path) {
    const auto file = create(path);
    EXPECT_FALSE(file.has_value()) << path;
    return file ? IoError::Io : io_error(file.error());
  }

  TempDir temp_;
  Dir root_;
};

TEST_F(WindowsNamesTest, DevicesStreamsAndSeparatorsAreRefused) {
  for (const char* name :
       {"CON",        "con",      "PRN",     "AUX",       "NUL",         "nul.txt",
        "Nul.tar.gz", "NUL .txt", "COM1",    "com9.log",  "LPT1",        "lpt3",
        "COM0",       "CONIN$",   "conout$", "COM\u00b9", "file:stream", "file::$DATA",
        "C:",         "C:file",   "a\\b",    "\\file",    "..\\file",    "\\\\?\\C:",
        "what?",      "a*b",      "\"q\"",   "a<b",       "a>b",         "a|b",
        "bell\a",     "tab\t",    "dot.",    "space ",    "dots...",     " . "}) {
    EXPECT_EQ(why(name), IoError::Invalid) << name;
    EXPECT_EQ(why(std::string(name) + "/x"), IoError::Invalid) << name;
    const Beneath beneath(root_, PathResolver::Auto);
    EXPECT_FALSE(beneath.create_directory(name)) << name;
    EXPECT_FALSE(beneath.rename("file", beneath, name)) << name;
    EXPECT_FALSE(beneath.stat(name, LastLink::Follow)) << name;
    EXPECT_FALSE(beneath.unlink(name)) << name;
  }
  EXPECT_EQ(why("bad\xff utf8"), IoError::IllegalSequence);
  EXPECT_EQ(temp_.read("file"), "text");
}

TEST_F(WindowsNamesTest, OrdinaryNamesThatLookLikeThemAreFine) {
  for (const char* name : {"CONsole", "nullable", "COM", "COM10", "com1x", ".con", "x.NUL", "LPT",
                           ".hidden", "two words", "a.b.c", "~", "100%"})
    EXPECT_TRUE(create(name)) << name;
}

TEST_F(WindowsNamesTest, CaseIsFolded) {
  EXPECT_TRUE(create("FILE"));
  EXPECT_EQ(Beneath(root_, PathResolver::Auto).stat("FiLe", LastLink::Follow)->size_bytes, 4u);
}

TEST_F(WindowsNamesTest, AnyScript) {
  const std::set<std::string> names = {"\xc3\xa4\xc3\xb6\xc3\xbc", "\xe6\x97\xa5\xe6\x9c\xac",
                                       "\xf0\x9f\x98\x80", "file"};
  for (const std::string& name : names) EXPECT_TRUE(create(name)) << name;
  std::set<std::string> seen;
  DirReader reader;
  uint64_t cookie = 0;
  while (const auto entry = *reader.entry_at(root_, cookie)) {
    if (entry->name != "." && entry->name != "..") seen.emplace(entry->name);
    cookie = entry->next_cookie;
  }
  EXPECT_EQ(seen, names);
  EXPECT_EQ(why(std::string(256, 'n')), IoError::NameTooLong);
}

TEST_F(WindowsNamesTest, HostPathsOfBothKinds) {
  std::string path = temp_.path();
  for (char& c : path)
    if (c == '\\') c = '/';
  EXPECT_TRUE(Dir::open_host(path));
  EXPECT_FALSE(Dir::open_host(temp_.path("file")));
  EXPECT_FALSE(Dir::open_host(temp_.path("none")));
}

}  // namespace
}  // namespace skerry::platform
