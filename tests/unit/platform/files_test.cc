// Files on a real file system: positions, sizes, times, lists of slices, and errors by name.
#include "platform/files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "platform/directory.h"
#include "temp_dir.h"

namespace skerry::platform {
namespace {

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto dir = Dir::open_host(temp_.path());
    ASSERT_TRUE(dir);
    dir_ = std::move(*dir);
  }
  File open(const std::string& name, OpenOptions options) {
    auto file = dir_.open(name, options);
    EXPECT_TRUE(file) << name;
    return file ? std::move(*file) : File();
  }
  static Result<size_t> write(const File& file, std::string text) {
    const IoSlice slice{reinterpret_cast<uint8_t*>(text.data()), text.size()};
    return file.write(std::span(&slice, 1));
  }
  static std::string read(const File& file, size_t size) {
    std::string text(size, '\0');
    const IoSlice slice{reinterpret_cast<uint8_t*>(text.data()), size};
    const auto count = file.read(std::span(&slice, 1));
    return count ? text.substr(0, *count) : "error";
  }
  template <class T>
  static IoError why(const Result<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? IoError::Io : io_error(result.error());
  }

  TempDir temp_;
  Dir dir_;
};

constexpr OpenOptions kReadWrite{.read = true, .write = true, .create = true};

TEST_F(FilesTest, PositionMovesWithReadsAndWrites) {
  const File file = open("f", kReadWrite);
  EXPECT_EQ(file.type(), FileType::Regular);
  EXPECT_EQ(write(file, "hello world"), 11u);
  EXPECT_EQ(file.seek(0, Whence::Current), 11u);
  EXPECT_EQ(file.seek(-5, Whence::End), 6u);
  EXPECT_EQ(read(file, 100), "world");
  EXPECT_EQ(read(file, 100), "");
  EXPECT_EQ(file.seek(1, Whence::Start), 1u);
  EXPECT_EQ(file.seek(3, Whence::Current), 4u);
  EXPECT_EQ(read(file, 3), "o w");
  EXPECT_EQ(why(file.seek(-100, Whence::Current)), IoError::Invalid);
  EXPECT_EQ(why(file.seek(-1, Whence::Start)), IoError::Invalid);
  EXPECT_EQ(file.seek(1000, Whence::Start), 1000u);
  EXPECT_EQ(read(file, 3), "");
}

TEST_F(FilesTest, SlicesAreUsedInOrder) {
  const File file = open("f", kReadWrite);
  std::string a = "ab", b, c = "cdef";
  const auto slice = [](std::string& text) {
    return IoSlice{reinterpret_cast<uint8_t*>(text.data()), text.size()};
  };
  const std::vector<IoSlice> out{slice(a), slice(b), slice(c)};
  EXPECT_EQ(file.write(out), 6u);
  ASSERT_TRUE(file.seek(0, Whence::Start));
  std::string x(4, '.'), y(4, '.');
  const std::vector<IoSlice> in{slice(x), slice(y)};
  EXPECT_EQ(file.read(in), 6u);
  EXPECT_EQ(x + y, "abcdef..");
  EXPECT_EQ(file.write({}), 0u);
}

TEST_F(FilesTest, ReadAndWriteAtLeaveThePosition) {
  const File file = open("f", kReadWrite);
  ASSERT_EQ(write(file, "0123456789"), 10u);
  std::string text = "XY";
  const IoSlice slice{reinterpret_cast<uint8_t*>(text.data()), text.size()};
  EXPECT_EQ(file.write_at(std::span(&slice, 1), 3), 2u);
  EXPECT_EQ(file.read_at(std::span(&slice, 1), 8), 2u);
  EXPECT_EQ(text, "89");
  EXPECT_EQ(file.read_at(std::span(&slice, 1), 100), 0u);
  EXPECT_EQ(file.seek(0, Whence::Current), 10u);
  EXPECT_EQ(temp_.read("f"), "012XY56789");
  EXPECT_EQ(why(file.read_at(std::span(&slice, 1), uint64_t{1} << 63)), IoError::Invalid);
  EXPECT_EQ(why(file.write_at(std::span(&slice, 1), UINT64_MAX)), IoError::Invalid);
}

TEST_F(FilesTest, OpenOptionsAreKept) {
  temp_.write("f", "old");
  EXPECT_EQ(why(dir_.open("f", {.write = true, .create = true, .exclusive = true})),
            IoError::Exists);
  EXPECT_EQ(why(dir_.open("g", {.read = true})), IoError::NotFound);
  EXPECT_EQ(why(dir_.open("f", {.read = true, .directory = true})), IoError::NotDirectory);
  const File read_only = open("f", {.read = true});
  EXPECT_EQ(why(write(read_only, "x")), IoError::BadDescriptor);
  const File write_only = open("f", {.write = true});
  EXPECT_EQ(read(write_only, 1), "error");
  open("f", {.write = true, .truncate = true});
  EXPECT_EQ(temp_.read("f"), "");
}

TEST_F(FilesTest, AppendCanBeSwitched) {
  temp_.write("f", "start");
  File file = open("f", {.read = true, .write = true, .append = true});
  EXPECT_EQ(write(file, "1"), 1u);
  ASSERT_TRUE(file.seek(0, Whence::Start));
  EXPECT_EQ(write(file, "2"), 1u);
  EXPECT_EQ(temp_.read("f"), "start12");
  ASSERT_TRUE(file.set_append(false));
  ASSERT_TRUE(file.seek(0, Whence::Start));
  EXPECT_EQ(write(file, "S"), 1u);
  EXPECT_EQ(temp_.read("f"), "Start12");
  ASSERT_TRUE(file.set_append(true));
  EXPECT_EQ(write(file, "3"), 1u);
  EXPECT_EQ(temp_.read("f"), "Start123");
}

TEST_F(FilesTest, SizeAndSpace) {
  const File file = open("f", kReadWrite);
  ASSERT_TRUE(file.set_size(100));
  EXPECT_EQ(file.stat()->size_bytes, 100u);
  EXPECT_EQ(read(file, 3), std::string(3, '\0'));
  ASSERT_TRUE(file.set_size(1));
  EXPECT_EQ(file.stat()->size_bytes, 1u);
  EXPECT_EQ(why(file.set_size(uint64_t{1} << 63)), IoError::Invalid);
  const auto allocated = file.allocate(90, 20);
  if (!allocated && io_error(allocated.error()) == IoError::NotSupported) return;
  ASSERT_TRUE(allocated);
  EXPECT_EQ(file.stat()->size_bytes, 110u);
  ASSERT_TRUE(file.allocate(10, 10));
  EXPECT_EQ(file.stat()->size_bytes, 110u);
  EXPECT_EQ(why(file.allocate(0, 0)), IoError::Invalid);
  EXPECT_FALSE(file.allocate(0, uint64_t{1} << 62));
}

TEST_F(FilesTest, TimesAndSync) {
  const File file = open("f", kReadWrite);
  ASSERT_TRUE(file.set_times({TimeChange::Set, 5'000'000'300}, {TimeChange::Set, 7'000'000'000}));
  FileStat stat = *file.stat();
  EXPECT_EQ(stat.access_ns, 5'000'000'300u);
  EXPECT_EQ(stat.modify_ns, 7'000'000'000u);
  EXPECT_EQ(stat.link_count, 1u);
  EXPECT_NE(stat.inode, 0u);
  ASSERT_TRUE(file.set_times({}, {TimeChange::Now}));
  stat = *file.stat();
  EXPECT_EQ(stat.access_ns, 5'000'000'300u);
  EXPECT_GT(stat.modify_ns, 7'000'000'000u);
  EXPECT_TRUE(file.sync());
  EXPECT_TRUE(file.data_sync());
  for (Advice advice : {Advice::Normal, Advice::Sequential, Advice::Random, Advice::WillNeed,
                        Advice::DontNeed, Advice::NoReuse})
    EXPECT_TRUE(file.advise(0, 10, advice));
}

TEST_F(FilesTest, DirectoriesAsFiles) {
  temp_.make_dir("d");
  const File file = open("d", {.read = true, .directory = true});
  EXPECT_EQ(file.type(), FileType::Directory);
  EXPECT_EQ(file.stat()->type, FileType::Directory);
  EXPECT_TRUE(file.set_times({TimeChange::Set, 1'000'000'000}, {TimeChange::Set, 1'000'000'000}));
  EXPECT_EQ(file.stat()->modify_ns, 1'000'000'000u);
  EXPECT_EQ(why(dir_.open("d", {.write = true})), IoError::IsDirectory);
}

TEST_F(FilesTest, NullStreamTakesAllAndGivesNothing) {
  const auto file = File::open_null();
  ASSERT_TRUE(file);
  EXPECT_EQ(write(*file, "gone"), 4u);
  EXPECT_EQ(read(*file, 10), "");
  EXPECT_EQ(why(file->seek(0, Whence::Current)), IoError::NotSeekable);
}

std::vector<std::string> names_from(DirReader& reader, const Dir& dir, uint64_t cookie,
                                    std::vector<uint64_t>* cookies = nullptr) {
  std::vector<std::string> names;
  for (;;) {
    auto entry = reader.entry_at(dir, cookie);
    EXPECT_TRUE(entry);
    if (!entry || !*entry) return names;
    names.emplace_back((*entry)->name);
    if (cookies) cookies->push_back((*entry)->next_cookie);
    cookie = (*entry)->next_cookie;
  }
}

TEST_F(FilesTest, DirectoriesAreListedFromAnyCookie) {
  constexpr size_t kFiles = 1200;  // more than one buffer holds
  for (size_t i = 0; i < kFiles; ++i) temp_.write("a-name-of-some-length-" + std::to_string(i), "");
  temp_.make_dir("sub");
  DirReader reader;
  std::vector<uint64_t> cookies;
  const auto names = names_from(reader, dir_, 0, &cookies);
  EXPECT_EQ(names.size(), kFiles + 3);
  EXPECT_EQ(std::count(names.begin(), names.end(), "."), 1);
  EXPECT_EQ(std::count(names.begin(), names.end(), ".."), 1);
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  for (size_t at : {size_t{0}, size_t{1}, size_t{700}, kFiles, kFiles + 1, size_t{5}, kFiles + 2}) {
    const auto rest = names_from(reader, dir_, cookies[at]);
    EXPECT_EQ(rest, std::vector(names.begin() + static_cast<long>(at) + 1, names.end())) << at;
  }
  EXPECT_EQ(names_from(reader, dir_, 0), names);
  temp_.write("new", "");
  EXPECT_EQ(names_from(reader, dir_, 0).size(), names.size() + 1);
}

TEST_F(FilesTest, EntriesHaveTypeAndInode) {
  temp_.write("file", "x");
  temp_.make_dir("dir");
  DirReader reader;
  uint64_t cookie = 0;
  int seen = 0;
  while (const auto entry = *reader.entry_at(dir_, cookie)) {
    cookie = entry->next_cookie;
    if (entry->name == "..") continue;
    const auto stat = entry->name == "." ? dir_.file().stat() : dir_.stat(entry->name);
    ASSERT_TRUE(stat);
    EXPECT_EQ(entry->type, stat->type);
    EXPECT_EQ(entry->inode, stat->inode);
    ++seen;
  }
  EXPECT_EQ(seen, 3);
}

}  // namespace
}  // namespace skerry::platform
