// Paths beneath a root: what they reach, what they cannot reach, and which error says so. Every
// test runs with the kernel's resolver, where there is one, and with our own walk.
#include "platform/beneath.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "temp_dir.h"

namespace skerry::platform {
namespace {

constexpr OpenOptions kRead{.read = true};
constexpr OpenOptions kCreate{.read = true, .write = true, .create = true};

class BeneathTest : public testing::TestWithParam<PathResolver> {
 protected:
  void SetUp() override {
    if (available_resolver(GetParam()) != GetParam())
      GTEST_SKIP() << "this kernel has no openat2 (or a container's filter forbids it)";
    outer_.make_dir("root/dir/nested");
    outer_.write("root/file", "inside");
    outer_.write("root/dir/nested/deep", "deep");
    outer_.write("secret", "outside");
    auto root = Dir::open_host(outer_.path("root"));
    ASSERT_TRUE(root);
    root_ = std::move(*root);
  }

  Beneath beneath() const { return Beneath(root_, GetParam()); }
  std::string read(const std::string& path, LastLink last = LastLink::Follow) {
    const auto file = beneath().open(path, last, kRead);
    if (!file) return std::string("error: ") + std::string(io_error_text(io_error(file.error())));
    char text[64];
    const IoSlice slice{reinterpret_cast<uint8_t*>(text), sizeof(text)};
    const auto count = file->read(std::span(&slice, 1));
    return count ? std::string(text, *count) : "cannot read";
  }
  template <class T>
  static IoError why(const Result<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? IoError::Io : io_error(result.error());
  }
  IoError open_error(const std::string& path, LastLink last = LastLink::Follow,
                     const OpenOptions& options = kRead) {
    return why(beneath().open(path, last, options));
  }
  // Makes a symbolic link inside the root; false where that is not allowed.
  bool link(const std::string& target, const std::string& name) {
    std::error_code error;
    std::filesystem::create_symlink(target, outer_.path("root/" + name), error);
    return !error;
  }

  TempDir outer_;
  Dir root_;
};

TEST_P(BeneathTest, FindsFilesByPath) {
  EXPECT_EQ(read("file"), "inside");
  EXPECT_EQ(read("dir/nested/deep"), "deep");
  EXPECT_EQ(read("./dir//.//nested/../nested/./deep"), "deep");
  EXPECT_EQ(read("dir/nested/../../file"), "inside");
  EXPECT_TRUE(beneath().open(".", LastLink::Follow, {.read = true, .directory = true}));
  EXPECT_TRUE(beneath().open("dir/", LastLink::Follow, kRead));
  EXPECT_TRUE(beneath().open("dir/nested/..", LastLink::Follow, kRead));
}

TEST_P(BeneathTest, RefusesWhatIsNotAPathInside) {
  EXPECT_EQ(open_error(""), IoError::NotFound);
  EXPECT_EQ(open_error("missing"), IoError::NotFound);
  EXPECT_EQ(open_error("missing/file"), IoError::NotFound);
  EXPECT_EQ(open_error("file/"), IoError::NotDirectory);
  EXPECT_EQ(open_error("file///"), IoError::NotDirectory);
  EXPECT_EQ(open_error("file/x"), IoError::NotDirectory);
  EXPECT_EQ(open_error("file/.."), IoError::NotDirectory);
  EXPECT_EQ(open_error(std::string("file\0", 5)), IoError::Invalid);
  EXPECT_EQ(open_error(std::string(300, 'n')), IoError::NameTooLong);
}

TEST_P(BeneathTest, AbsoluteAndClimbingPathsDoNotLeave) {
  for (const char* path : {"/", "/etc/passwd", "..", "../", "../secret", "dir/../../secret",
                           "dir/nested/../../../secret", "./../secret", "dir/../..", "../root/file",
                           "dir/../../root/file", "//file"}) {
    EXPECT_EQ(open_error(path), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().stat(path, LastLink::Follow)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().stat(path, LastLink::Keep)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().create_directory(path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().unlink(path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().remove_directory(path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().rename("file", beneath(), path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().rename(path, beneath(), "new")), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().link("file", beneath(), path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().link(path, beneath(), "new")), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().symlink("file", path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().read_link(path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().set_times(path, LastLink::Follow, {}, {})), IoError::NotPermitted);
  }
  EXPECT_EQ(outer_.read("secret"), "outside");
}

TEST_P(BeneathTest, LinksInsideAreFollowed) {
  if (!link("file", "to-file")) GTEST_SKIP() << "no symbolic links here";
  link("dir", "to-dir");
  link("../../file", "dir/nested/up");
  link("to-file", "twice");
  link("nested", "dir/sideways");
  link("./dir/../to-dir/nested//deep", "winding");
  EXPECT_EQ(read("to-file"), "inside");
  EXPECT_EQ(read("twice"), "inside");
  EXPECT_EQ(read("to-dir/nested/deep"), "deep");
  EXPECT_EQ(read("dir/nested/up"), "inside");
  EXPECT_EQ(read("to-dir/sideways/up"), "inside");
  EXPECT_EQ(read("winding"), "deep");
  // `..` after a link leaves what the link points to.
  EXPECT_EQ(read("dir/sideways/../nested/deep"), "deep");
  EXPECT_TRUE(beneath().stat("to-dir/../file", LastLink::Follow));
}

TEST_P(BeneathTest, LinksThatLeaveAreRefused) {
  if (!link(outer_.path("secret"), "absolute")) GTEST_SKIP() << "no symbolic links here";
  link("../secret", "climbs");
  link("dir/../../secret", "winds");
  link("..", "parent");
  link("/", "slash");
  link("climbs", "chain");
  link("../../..", "dir/nested/far");
  link("/proc/self/root", "magic");
  for (const char* path : {"absolute", "climbs", "winds", "parent/secret", "parent", "slash",
                           "slash/etc/passwd", "chain", "dir/nested/far", "dir/nested/far/secret",
                           "absolute/", "parent/root/file", "magic", "magic/etc/passwd"}) {
    EXPECT_EQ(open_error(path), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().stat(path, LastLink::Follow)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().set_times(path, LastLink::Follow, {}, {})), IoError::NotPermitted)
        << path;
  }
  for (const char* path : {"parent/new", "slash/tmp/new", "dir/nested/far/new"}) {
    EXPECT_EQ(open_error(path, LastLink::Follow, kCreate), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().create_directory(path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().symlink("x", path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().rename("file", beneath(), path)), IoError::NotPermitted) << path;
    EXPECT_EQ(why(beneath().link("file", beneath(), path)), IoError::NotPermitted) << path;
  }
  EXPECT_EQ(why(beneath().unlink("parent/secret")), IoError::NotPermitted);
  EXPECT_FALSE(outer_.exists("new"));
  EXPECT_EQ(outer_.read("secret"), "outside");
  // The links themselves can be looked at and removed.
  EXPECT_EQ(beneath().read_link("climbs"), "../secret");
  EXPECT_EQ(beneath().stat("climbs", LastLink::Keep)->type, FileType::Symlink);
  EXPECT_TRUE(beneath().unlink("climbs"));
}

TEST_P(BeneathTest, CreatingThroughALinkStaysInside) {
  if (!link("target", "dangling")) GTEST_SKIP() << "no symbolic links here";
  link("../outside-target", "escaping");
  EXPECT_EQ(open_error("dangling"), IoError::NotFound);
  EXPECT_TRUE(beneath().open("dangling", LastLink::Follow, kCreate));
  EXPECT_TRUE(outer_.exists("root/target"));
  EXPECT_EQ(open_error("escaping", LastLink::Follow, kCreate), IoError::NotPermitted);
  EXPECT_FALSE(outer_.exists("outside-target"));
  OpenOptions exclusive = kCreate;
  exclusive.exclusive = true;
  EXPECT_EQ(open_error("escaping", LastLink::Follow, exclusive), IoError::Exists);
  EXPECT_EQ(open_error("dangling", LastLink::Follow, exclusive), IoError::Exists);
}

TEST_P(BeneathTest, LastLinkKept) {
  if (!link("dir", "to-dir")) GTEST_SKIP() << "no symbolic links here";
  link("file", "to-file");
  EXPECT_EQ(open_error("to-file", LastLink::Keep), IoError::Loop);
  EXPECT_EQ(open_error("to-dir", LastLink::Keep), IoError::Loop);
  // A slash at the end asks for what the link points to.
  EXPECT_TRUE(beneath().open("to-dir/", LastLink::Keep, kRead));
  EXPECT_EQ(open_error("to-file/", LastLink::Keep), IoError::NotDirectory);
  EXPECT_EQ(beneath().stat("to-dir", LastLink::Keep)->type, FileType::Symlink);
  EXPECT_EQ(beneath().stat("to-dir/", LastLink::Keep)->type, FileType::Directory);
  EXPECT_EQ(beneath().stat("to-dir", LastLink::Follow)->type, FileType::Directory);
  EXPECT_EQ(why(beneath().stat("to-file/", LastLink::Follow)), IoError::NotDirectory);
}

TEST_P(BeneathTest, LoopsOfLinksEnd) {
  if (!link("loop", "loop")) GTEST_SKIP() << "no symbolic links here";
  link("b", "a");
  link("a", "b");
  link("grow/x", "grow");
  for (const char* path : {"loop", "a", "a/x", "loop/x", "grow", "grow/x"}) {
    EXPECT_EQ(open_error(path), IoError::Loop) << path;
    EXPECT_EQ(why(beneath().stat(path, LastLink::Follow)), IoError::Loop) << path;
  }
  EXPECT_EQ(beneath().stat("loop", LastLink::Keep)->type, FileType::Symlink);
}

TEST_P(BeneathTest, DirectoriesAreMadeAndRemoved) {
  EXPECT_TRUE(beneath().create_directory("one"));
  EXPECT_TRUE(beneath().create_directory("one/two/"));
  EXPECT_EQ(why(beneath().create_directory("one")), IoError::Exists);
  EXPECT_EQ(why(beneath().create_directory("file")), IoError::Exists);
  EXPECT_EQ(why(beneath().create_directory(".")), IoError::Exists);
  EXPECT_EQ(why(beneath().create_directory("none/two")), IoError::NotFound);
  EXPECT_EQ(why(beneath().remove_directory("one")), IoError::NotEmpty);
  EXPECT_EQ(why(beneath().remove_directory("file")), IoError::NotDirectory);
  EXPECT_EQ(why(beneath().remove_directory("file/")), IoError::NotDirectory);
  EXPECT_EQ(why(beneath().remove_directory("one/.")), IoError::Invalid);
  EXPECT_EQ(why(beneath().remove_directory("one/two/..")), IoError::NotEmpty);
  EXPECT_TRUE(beneath().remove_directory("one/two/"));
  EXPECT_TRUE(beneath().remove_directory("one"));
  EXPECT_FALSE(outer_.exists("root/one"));
}

TEST_P(BeneathTest, UnlinkTakesOnlyFiles) {
  EXPECT_EQ(why(beneath().unlink("dir")), IoError::IsDirectory);
  EXPECT_EQ(why(beneath().unlink("dir/")), IoError::IsDirectory);
  EXPECT_EQ(why(beneath().unlink(".")), IoError::IsDirectory);
  EXPECT_EQ(why(beneath().unlink("file/")), IoError::NotDirectory);
  EXPECT_EQ(why(beneath().unlink("missing")), IoError::NotFound);
  EXPECT_TRUE(beneath().unlink("dir/nested/deep"));
  EXPECT_FALSE(outer_.exists("root/dir/nested/deep"));
}

TEST_P(BeneathTest, RenameReplacesLikeWithLike) {
  outer_.write("root/other", "other");
  EXPECT_TRUE(beneath().rename("file", beneath(), "other"));
  EXPECT_EQ(read("other"), "inside");
  EXPECT_TRUE(beneath().rename("other", beneath(), "dir/moved"));
  EXPECT_EQ(read("dir/moved"), "inside");
  EXPECT_EQ(why(beneath().rename("missing", beneath(), "x")), IoError::NotFound);
  EXPECT_EQ(why(beneath().rename("dir/moved/", beneath(), "x")), IoError::NotDirectory);
  EXPECT_EQ(why(beneath().rename("dir/moved", beneath(), "x/")), IoError::NotDirectory);
  EXPECT_EQ(why(beneath().rename(".", beneath(), "x")), IoError::Busy);
  EXPECT_EQ(why(beneath().rename("dir/moved", beneath(), "dir/nested")), IoError::IsDirectory);
  EXPECT_EQ(why(beneath().rename("dir/nested", beneath(), "dir/moved")), IoError::NotDirectory);
  outer_.make_dir("root/full/x");
  EXPECT_EQ(why(beneath().rename("dir", beneath(), "full")), IoError::NotEmpty);
  outer_.make_dir("root/empty");
  EXPECT_TRUE(beneath().rename("dir/", beneath(), "empty/"));
  EXPECT_EQ(read("empty/moved"), "inside");
  EXPECT_EQ(why(beneath().rename("empty", beneath(), "empty/nested/x")), IoError::Invalid);
  // An empty directory that could be replaced, but for this, stays.
  outer_.make_dir("root/parent/child");
  EXPECT_EQ(why(beneath().rename("parent", beneath(), "parent/child")), IoError::Invalid);
  EXPECT_TRUE(beneath().stat("parent/child", LastLink::Keep));
  EXPECT_EQ(why(beneath().rename("parent/child", beneath(), "parent")), IoError::NotEmpty);
  EXPECT_TRUE(beneath().stat("parent/child", LastLink::Keep));
}

TEST_P(BeneathTest, HardLinks) {
  EXPECT_TRUE(beneath().link("file", beneath(), "dir/second"));
  EXPECT_EQ(read("dir/second"), "inside");
  EXPECT_EQ(beneath().stat("file", LastLink::Keep)->link_count, 2u);
  EXPECT_EQ(beneath().stat("file", LastLink::Keep)->inode,
            beneath().stat("dir/second", LastLink::Keep)->inode);
  EXPECT_EQ(why(beneath().link("file", beneath(), "file")), IoError::Exists);
  EXPECT_EQ(why(beneath().link("file", beneath(), "dir")), IoError::Exists);
  EXPECT_EQ(why(beneath().link("dir", beneath(), "new")), IoError::NotPermitted);
  EXPECT_EQ(why(beneath().link("dir/", beneath(), "new")), IoError::NotPermitted);
  EXPECT_EQ(why(beneath().link("file", beneath(), "new/")), IoError::NotFound);
  EXPECT_EQ(why(beneath().link("file/", beneath(), "new")), IoError::NotDirectory);
}

TEST_P(BeneathTest, SymbolicLinks) {
  const auto made = beneath().symlink("dir/nested/deep", "made");
  if (!made && (io_error(made.error()) == IoError::NotPermitted ||
                io_error(made.error()) == IoError::NotSupported))
    GTEST_SKIP() << "no symbolic links here";
  ASSERT_TRUE(made);
  EXPECT_EQ(read("made"), "deep");
  EXPECT_EQ(beneath().read_link("made"), "dir/nested/deep");
  EXPECT_EQ(why(beneath().read_link("file")), IoError::Invalid);
  EXPECT_EQ(why(beneath().read_link("dir")), IoError::Invalid);
  EXPECT_EQ(why(beneath().read_link("missing")), IoError::NotFound);
  EXPECT_EQ(why(beneath().symlink("/etc/passwd", "bad")), IoError::NotPermitted);
  EXPECT_EQ(why(beneath().symlink("", "bad")), IoError::NotFound);
  EXPECT_EQ(why(beneath().symlink("x", "file")), IoError::Exists);
  EXPECT_EQ(why(beneath().symlink("x", "dir/")), IoError::Exists);
  EXPECT_EQ(why(beneath().symlink("x", "file/")), IoError::NotDirectory);
  EXPECT_EQ(why(beneath().symlink("x", "new/")), IoError::NotFound);
  const std::string long_target(1000, 't');
  EXPECT_TRUE(beneath().symlink(long_target, "long"));
  EXPECT_EQ(beneath().read_link("long"), long_target);
}

TEST_P(BeneathTest, TimesAreSet) {
  // Far in the future: no reader of the file moves its access time then.
  constexpr uint64_t kOne = 4'000'000'000'000'000'000, kTwo = 4'100'000'000'000'000'100;
  const TimeChange one{TimeChange::Set, kOne}, two{TimeChange::Set, kTwo};
  outer_.write("root/timed", "");
  ASSERT_TRUE(beneath().set_times("timed", LastLink::Follow, two, {TimeChange::Set, 100}));
  auto stat = beneath().stat("timed", LastLink::Keep);
  EXPECT_EQ(stat->access_ns, kTwo);
  EXPECT_EQ(stat->modify_ns, 100u);
  ASSERT_TRUE(beneath().set_times("timed", LastLink::Follow, {}, one));
  stat = beneath().stat("timed", LastLink::Keep);
  EXPECT_EQ(stat->access_ns, kTwo);
  EXPECT_EQ(stat->modify_ns, kOne);
  ASSERT_TRUE(beneath().set_times("dir/", LastLink::Follow, one, one));
  ASSERT_TRUE(beneath().set_times(".", LastLink::Follow, one, two));
  EXPECT_EQ(beneath().stat(".", LastLink::Keep)->modify_ns, kTwo);
  if (!link("timed", "to-file")) return;
  ASSERT_TRUE(beneath().set_times("to-file", LastLink::Keep, two, two));
  EXPECT_EQ(beneath().stat("timed", LastLink::Keep)->modify_ns, kOne);
  EXPECT_EQ(beneath().stat("to-file", LastLink::Keep)->modify_ns, kTwo);
  ASSERT_TRUE(beneath().set_times("to-file", LastLink::Follow, two, two));
  EXPECT_EQ(beneath().stat("timed", LastLink::Keep)->modify_ns, kTwo);
}

TEST_P(BeneathTest, OpeningDirectories) {
  EXPECT_EQ(open_error("dir", LastLink::Follow, {.read = true, .write = true}),
            IoError::IsDirectory);
  EXPECT_EQ(open_error(".", LastLink::Follow, {.read = true, .write = true}), IoError::IsDirectory);
  EXPECT_EQ(open_error("file", LastLink::Follow, {.read = true, .directory = true}),
            IoError::NotDirectory);
  EXPECT_EQ(open_error("new/", LastLink::Follow, kCreate), IoError::IsDirectory);
  EXPECT_EQ(open_error("new", LastLink::Follow, {.create = true, .directory = true}),
            IoError::Invalid);
  EXPECT_FALSE(outer_.exists("root/new"));
}

TEST_P(BeneathTest, VeryDeepAndVeryLongPathsEndWithAnError) {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "d/";
  ASSERT_TRUE(beneath().create_directory("d"));
  EXPECT_EQ(open_error(deep), IoError::NotFound);
  std::string dots;
  for (int i = 0; i < 1000; ++i) dots += "d/../";
  EXPECT_TRUE(beneath().stat(dots.substr(0, 4000) + "d", LastLink::Follow));
  EXPECT_EQ(open_error(std::string(70000, '/').insert(0, "d")), IoError::NameTooLong);
}

// A directory on the way is swapped for a link to the outside, and back, while we walk over it.
TEST_P(BeneathTest, SwappingLinksGainsNothing) {
  outer_.write("root/swap/secret", "inside");
  if (!link("..", "evil")) GTEST_SKIP() << "no symbolic links here";
  std::atomic<bool> stop{false};
  std::thread attacker([&] {
    const std::string swap = outer_.path("root/swap"), evil = outer_.path("root/evil"),
                      spare = outer_.path("root/spare");
    while (!stop) {
      std::error_code ignored;
      std::filesystem::rename(swap, spare, ignored);
      std::filesystem::rename(evil, swap, ignored);
      std::filesystem::rename(swap, evil, ignored);
      std::filesystem::rename(spare, swap, ignored);
    }
  });
  int reached = 0, refused = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = read("dir/../swap/secret");
    ASSERT_NE(text, "outside");
    if (text == "inside") ++reached;
    if (text == "error: operation not permitted") ++refused;
  }
  stop = true;
  attacker.join();
  RecordProperty("reached", reached);
  RecordProperty("refused", refused);
}

std::string resolver_name(const testing::TestParamInfo<PathResolver>& info) {
  return info.param == PathResolver::Kernel ? "kernel" : "walk";
}
INSTANTIATE_TEST_SUITE_P(Resolvers, BeneathTest,
                         testing::Values(PathResolver::Kernel, PathResolver::Walk), resolver_name);

}  // namespace
}  // namespace skerry::platform
