// Paths through WASI: rights, read-only roots, opening, attributes, listing. What paths can reach
// is tested with platform::Beneath; here its errors are seen to arrive.
#include <algorithm>
#include <filesystem>
#include <set>

#include "guest.h"

namespace skerry::wasi {
namespace {

constexpr uint64_t kDirBase = bits_of(kDirectoryRights);
constexpr uint64_t kAll = bits_of(kAllRights);

class PathTest : public GuestTest {
 protected:
  void SetUp() override {
    temp_.write("file", "text");
    temp_.write("dir/inner", "inner");
  }
  Errno link(std::string_view from, std::string_view to, uint32_t lookup = 0) {
    return guest_.call("path_link", 3u, lookup, guest_.put(from),
                       static_cast<uint32_t>(from.size()), 3u, guest_.put(to),
                       static_cast<uint32_t>(to.size()));
  }
  Errno rename(std::string_view from, std::string_view to) {
    return guest_.on_path("path_rename", 3, from, 3u, guest_.put(to),
                          static_cast<uint32_t>(to.size()));
  }
  Errno symlink(std::string_view target, std::string_view path) {
    return guest_.call("path_symlink", guest_.put(target), static_cast<uint32_t>(target.size()), 3u,
                       guest_.put(path), static_cast<uint32_t>(path.size()));
  }
  Errno stat(std::string_view path, FileStatRecord* record = nullptr, uint32_t lookup = 1) {
    const uint32_t out = guest_.room(64);
    const Errno error = guest_.call("path_filestat_get", 3u, lookup, guest_.put(path),
                                    static_cast<uint32_t>(path.size()), out);
    if (record) *record = guest_.get<FileStatRecord>(out);
    return error;
  }
  void give_up(Rights base, Rights inheriting = Rights::None) {
    const auto now = guest_.fdstat(3);
    EXPECT_EQ(guest_.call("fd_fdstat_set_rights", 3u, now.rights_base & ~bits_of(base),
                          now.rights_inheriting & ~bits_of(inheriting)),
              Errno::Success);
  }
};

TEST_F(PathTest, OpenFlags) {
  EXPECT_EQ(guest_.open("missing").error, Errno::Noent);
  EXPECT_EQ(guest_.open("new", kOpenCreate).error, Errno::Success);
  EXPECT_TRUE(temp_.exists("new"));
  EXPECT_EQ(guest_.open("new", kOpenCreate | kOpenExclusive).error, Errno::Exist);
  EXPECT_EQ(guest_.open("file", kOpenDirectory).error, Errno::Notdir);
  EXPECT_EQ(guest_.open("dir", kOpenDirectory).error, Errno::Success);
  EXPECT_EQ(guest_.open("dir", 0, Guest::kRead | Guest::kWrite).error, Errno::Isdir);
  EXPECT_EQ(guest_.open(".", kOpenDirectory, Guest::kRead | Guest::kWrite).error, Errno::Isdir);
  EXPECT_EQ(guest_.open("x", kOpenCreate | kOpenDirectory).error, Errno::Inval);
  EXPECT_EQ(guest_.open("file", 16).error, Errno::Inval);
  EXPECT_EQ(guest_.open("file", 0, 0, 0, 32).error, Errno::Inval);
  EXPECT_EQ(guest_.open("file", 0, 0, 0, 0, 2).error, Errno::Inval);
  EXPECT_EQ(guest_.open("file", 0, 0, 0, 0, 1, 1).error, Errno::Notdir);
  EXPECT_EQ(guest_.open("file", 0, 0, 0, 0, 1, 50).error, Errno::Badf);
  // Truncating works without the right to write.
  const auto truncated = guest_.open("file", kOpenTruncate, Guest::kRead);
  EXPECT_EQ(truncated.error, Errno::Success);
  EXPECT_EQ(temp_.read("file"), "");
  EXPECT_EQ(guest_.write(truncated.fd, "x"), Errno::Badf);
}

TEST_F(PathTest, PathsThatLeaveAreRefused) {
  for (const char* path : {"/", "/etc/passwd", "..", "../x", "dir/../../x"}) {
    EXPECT_EQ(guest_.open(path).error, Errno::Perm) << path;
    EXPECT_EQ(guest_.open(path, kOpenCreate).error, Errno::Perm) << path;
    EXPECT_EQ(stat(path), Errno::Perm) << path;
    EXPECT_EQ(guest_.on_path("path_create_directory", 3, path), Errno::Perm) << path;
    EXPECT_EQ(guest_.on_path("path_unlink_file", 3, path), Errno::Perm) << path;
    EXPECT_EQ(guest_.on_path("path_remove_directory", 3, path), Errno::Perm) << path;
    EXPECT_EQ(rename("file", path), Errno::Perm) << path;
    EXPECT_EQ(link("file", path), Errno::Perm) << path;
    EXPECT_EQ(symlink("file", path), Errno::Perm) << path;
  }
  EXPECT_EQ(guest_.open("").error, Errno::Noent);
  EXPECT_EQ(guest_.open(std::string("file\0", 5)).error, Errno::Inval);
  EXPECT_EQ(guest_.open(std::string(70000, 'x')).error, Errno::Nametoolong);
  EXPECT_EQ(guest_.open(std::string(5000, 'x')).error, Errno::Nametoolong);
}

// A directory opened below the root is a root of its own.
TEST_F(PathTest, OpenedDirectoriesAreRoots) {
  const auto dir = guest_.open("dir", kOpenDirectory, kDirBase, kAll);
  ASSERT_EQ(dir.error, Errno::Success);
  EXPECT_EQ(guest_.open("inner", 0, Guest::kRead, 0, 0, 1, dir.fd).error, Errno::Success);
  EXPECT_EQ(guest_.open("../file", 0, Guest::kRead, 0, 0, 1, dir.fd).error, Errno::Perm);
  EXPECT_EQ(guest_.open("..", 0, Guest::kRead, 0, 0, 1, dir.fd).error, Errno::Perm);
}

TEST_F(PathTest, RightsAreAskedFor) {
  // More than the directory can pass on.
  give_up(Rights::None, Rights::FdWrite);
  EXPECT_EQ(guest_.open("file", 0, Guest::kWrite).error, Errno::Notcapable);
  EXPECT_EQ(guest_.open("dir", kOpenDirectory, kDirBase, Guest::kWrite).error, Errno::Notcapable);
  EXPECT_EQ(guest_.open("file").error, Errno::Success);
  // Passed on, the loss stays.
  const auto dir = guest_.open("dir", kOpenDirectory, kDirBase, Guest::kRead);
  EXPECT_EQ(guest_.open("inner", 0, Guest::kWrite, 0, 0, 1, dir.fd).error, Errno::Notcapable);

  // Truncating takes one of two rights.
  give_up(Rights::PathFilestatSetSize);
  EXPECT_EQ(guest_.open("file", kOpenTruncate, 0).error, Errno::Success);
  give_up(Rights::None, Rights::FdFilestatSetSize);
  EXPECT_EQ(guest_.open("file", kOpenTruncate, 0).error, Errno::Notcapable);
  temp_.write("file", "text");

  struct {
    Rights right;
    std::function<Errno()> attempt;
  } const rows[] = {
      {Rights::PathCreateFile, [&] { return guest_.open("new", kOpenCreate).error; }},
      {Rights::PathCreateDirectory,
       [&] { return guest_.on_path("path_create_directory", 3, "d"); }},
      {Rights::PathLinkSource, [&] { return link("file", "l"); }},
      {Rights::PathRenameSource, [&] { return rename("file", "r"); }},
      {Rights::PathSymlink, [&] { return symlink("file", "s"); }},
      {Rights::PathUnlinkFile, [&] { return guest_.on_path("path_unlink_file", 3, "file"); }},
      {Rights::PathRemoveDirectory,
       [&] { return guest_.on_path("path_remove_directory", 3, "dir"); }},
      {Rights::PathReadlink,
       [&] { return guest_.on_path("path_readlink", 3, "s", guest_.room(8), 8u, guest_.room(4)); }},
      {Rights::PathFilestatGet, [&] { return stat("file"); }},
      {Rights::FdReaddir,
       [&] {
         return guest_.call("fd_readdir", 3u, guest_.room(64), 64u, uint64_t{0}, guest_.room(4));
       }},
      {Rights::PathOpen, [&] { return guest_.open("file").error; }},
  };
  for (const auto& row : rows) {
    give_up(row.right);
    EXPECT_EQ(row.attempt(), Errno::Notcapable) << bits_of(row.right);
  }
  EXPECT_EQ(temp_.read("file"), "text");
  EXPECT_FALSE(temp_.exists("new"));
}

TEST_F(PathTest, RightsFitTheKind) {
  const auto file = guest_.fdstat(guest_.open("file", 0, kAll, kAll).fd);
  EXPECT_EQ(static_cast<Rights>(file.rights_base), kFileRights);
  const auto dir = guest_.fdstat(guest_.open("dir", 0, kAll & ~Guest::kWrite, kAll).fd);
  EXPECT_EQ(static_cast<Rights>(dir.rights_base), kDirectoryRights);
  EXPECT_EQ(static_cast<Rights>(dir.rights_inheriting), kAllRights);
  EXPECT_EQ(dir.filetype, FileTypeId::Directory);
  EXPECT_EQ(dir.flags, 0);
  const auto root = guest_.fdstat(3);
  EXPECT_EQ(guest_.open(".", 0, root.rights_base, root.rights_inheriting).error, Errno::Success);
}

class ReadOnlyTest : public GuestTest {
 protected:
  ReadOnlyTest() : inside_(config(true)) {
    temp_.write("file", "text");
    temp_.write("dir/inner", "inner");
  }
  Guest inside_;
};

TEST_F(ReadOnlyTest, NothingChanges) {
  EXPECT_EQ(inside_.read(inside_.open("file").fd), "text");
  EXPECT_EQ(inside_.open("file", kOpenCreate).error, Errno::Success);  // it is there
  EXPECT_EQ(inside_.open("file", kOpenCreate | kOpenExclusive).error, Errno::Exist);
  EXPECT_EQ(inside_.open("new", kOpenCreate).error, Errno::Rofs);
  EXPECT_EQ(inside_.open("new", kOpenCreate | kOpenExclusive).error, Errno::Rofs);
  EXPECT_EQ(inside_.open("none").error, Errno::Noent);
  EXPECT_EQ(inside_.open("file", 0, Guest::kWrite).error, Errno::Rofs);
  EXPECT_EQ(inside_.open("file", kOpenTruncate).error, Errno::Rofs);
  EXPECT_EQ(inside_.on_path("path_create_directory", 3, "d"), Errno::Rofs);
  EXPECT_EQ(inside_.on_path("path_unlink_file", 3, "file"), Errno::Rofs);
  EXPECT_EQ(inside_.on_path("path_remove_directory", 3, "dir"), Errno::Rofs);
  EXPECT_EQ(inside_.on_path("path_rename", 3, "file", 3u, inside_.put("x"), 1u), Errno::Rofs);
  EXPECT_EQ(inside_.call("path_symlink", inside_.put("x"), 1u, 3u, inside_.put("y"), 1u),
            Errno::Rofs);
  EXPECT_EQ(inside_.call("path_link", 3u, 0u, inside_.put("file"), 4u, 3u, inside_.put("y"), 1u),
            Errno::Rofs);
  EXPECT_EQ(inside_.call("path_filestat_set_times", 3u, 0u, inside_.put("file"), 4u, uint64_t{1},
                         uint64_t{1}, kFstMtim),
            Errno::Rofs);
  const auto file = inside_.open("file", 0, Guest::kRead | bits_of(Rights::FdFilestatSetTimes));
  EXPECT_EQ(inside_.call("fd_filestat_set_times", file.fd, uint64_t{1}, uint64_t{1}, kFstMtim),
            Errno::Rofs);
  EXPECT_EQ(inside_.call("fd_filestat_set_times", 3u, uint64_t{1}, uint64_t{1}, kFstMtim),
            Errno::Rofs);
  // The mark passes to directories below.
  const auto dir = inside_.open("dir", kOpenDirectory, kDirBase, kAll);
  EXPECT_EQ(inside_.open("inner", 0, Guest::kWrite, 0, 0, 1, dir.fd).error, Errno::Rofs);
  EXPECT_EQ(inside_.on_path("path_unlink_file", dir.fd, "inner"), Errno::Rofs);
  EXPECT_EQ(temp_.read("file"), "text");
  EXPECT_EQ(temp_.read("dir/inner"), "inner");
}

// A hard link would give a writable name to a file that is not to be written.
TEST(ReadOnly, NoLinksOrMovesBetweenReadOnlyAndWritable) {
  TempDir temp;
  temp.write("ro/file", "text");
  temp.make_dir("rw");
  Config config;
  ASSERT_TRUE(config.add_directory("ro", temp.path("ro"), policy::Access::Read));
  ASSERT_TRUE(config.add_directory("rw", temp.path("rw")));
  Guest guest(std::move(config));
  EXPECT_EQ(guest.call("path_link", 3u, 0u, guest.put("file"), 4u, 4u, guest.put("l"), 1u),
            Errno::Rofs);
  EXPECT_EQ(guest.on_path("path_rename", 3, "file", 4u, guest.put("l"), 1u), Errno::Rofs);
  EXPECT_TRUE(temp.exists("ro/file"));
  EXPECT_FALSE(temp.exists("rw/l"));
}

TEST_F(PathTest, NamesComeAndGo) {
  EXPECT_EQ(guest_.on_path("path_create_directory", 3, "made"), Errno::Success);
  EXPECT_EQ(guest_.on_path("path_create_directory", 3, "made"), Errno::Exist);
  EXPECT_EQ(rename("made", "moved"), Errno::Success);
  EXPECT_EQ(guest_.on_path("path_remove_directory", 3, "dir"), Errno::Notempty);
  EXPECT_EQ(guest_.on_path("path_remove_directory", 3, "file"), Errno::Notdir);
  EXPECT_EQ(guest_.on_path("path_unlink_file", 3, "dir"), Errno::Isdir);
  EXPECT_EQ(guest_.on_path("path_remove_directory", 3, "moved"), Errno::Success);
  EXPECT_EQ(link("file", "hard"), Errno::Success);
  EXPECT_EQ(link("file", "hard"), Errno::Exist);
  EXPECT_EQ(link("file", "other", 1), Errno::Inval);
  FileStatRecord record;
  EXPECT_EQ(stat("hard", &record), Errno::Success);
  EXPECT_EQ(record.nlink, 2u);
  EXPECT_EQ(guest_.on_path("path_unlink_file", 3, "hard"), Errno::Success);
  EXPECT_EQ(stat("hard"), Errno::Noent);
}

TEST_F(PathTest, SymbolicLinks) {
  const Errno made = symlink("dir/inner", "to-inner");
  if (made == Errno::Perm || made == Errno::Notsup) GTEST_SKIP() << "no symbolic links here";
  ASSERT_EQ(made, Errno::Success);
  EXPECT_EQ(guest_.read(guest_.open("to-inner").fd), "inner");
  EXPECT_EQ(guest_.open("to-inner", 0, Guest::kRead, 0, 0, 0).error, Errno::Loop);
  const uint32_t buf = guest_.room(32), used = guest_.room(4);
  EXPECT_EQ(guest_.on_path("path_readlink", 3, "to-inner", buf, 32u, used), Errno::Success);
  EXPECT_EQ(guest_.text(buf, guest_.get<uint32_t>(used)), "dir/inner");
  EXPECT_EQ(guest_.on_path("path_readlink", 3, "to-inner", buf, 3u, used), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(used), 3u);
  EXPECT_EQ(guest_.on_path("path_readlink", 3, "file", buf, 32u, used), Errno::Inval);
  EXPECT_EQ(symlink("/etc/passwd", "absolute"), Errno::Perm);
  EXPECT_EQ(symlink("../../etc/passwd", "climbing"), Errno::Success);
  EXPECT_EQ(guest_.open("climbing").error, Errno::Perm);
  FileStatRecord record;
  EXPECT_EQ(stat("climbing", &record, 0), Errno::Success);
  EXPECT_EQ(record.filetype, FileTypeId::SymbolicLink);
  EXPECT_EQ(stat("to-inner", &record, 1), Errno::Success);
  EXPECT_EQ(record.filetype, FileTypeId::RegularFile);
  EXPECT_EQ(record.size, 5u);
}

TEST_F(PathTest, TimesOfPaths) {
  const auto set = [&](std::string_view path, uint64_t time, uint32_t flags) {
    return guest_.call("path_filestat_set_times", 3u, 1u, guest_.put(path),
                       static_cast<uint32_t>(path.size()), time, time, flags);
  };
  EXPECT_EQ(set("file", 5000, kFstMtim), Errno::Success);
  FileStatRecord record;
  stat("file", &record);
  EXPECT_EQ(record.mtim, 5000u);
  EXPECT_EQ(set("file", 0, kFstMtim | kFstMtimNow), Errno::Inval);
  EXPECT_EQ(set("missing", 0, kFstMtim), Errno::Noent);
  EXPECT_EQ(set("file", 0, kFstMtimNow), Errno::Success);
  stat("file", &record);
  EXPECT_GT(record.mtim, 5000u);
}

TEST_F(PathTest, ListingWithSmallBuffers) {
  std::set<std::string> expected{".", "..", "file", "dir"};
  for (int i = 0; i < 50; ++i) {
    const std::string name = "entry-" + std::string(static_cast<size_t>(i), 'x');
    temp_.write(name, "");
    expected.insert(name);
  }
  for (uint32_t size : {100u, 256u, 1000u, 65536u}) {
    std::multiset<std::string> seen;
    uint64_t cookie = 0;
    const uint32_t buf = guest_.room(size), used_out = guest_.room(4);
    for (int round = 0; round < 1000; ++round) {
      ASSERT_EQ(guest_.call("fd_readdir", 3u, buf, size, cookie, used_out), Errno::Success);
      const uint32_t used = guest_.get<uint32_t>(used_out);
      ASSERT_LE(used, size);
      uint32_t at = 0;
      while (at + sizeof(DirentRecord) <= used) {
        const auto record = guest_.get<DirentRecord>(buf + at);
        const uint32_t end = at + static_cast<uint32_t>(sizeof(record)) + record.name_length;
        if (end > used) break;  // cut off: comes again
        seen.insert(
            guest_.text(buf + at + static_cast<uint32_t>(sizeof(record)), record.name_length));
        cookie = record.next;
        at = end;
      }
      if (used < size) break;
    }
    EXPECT_TRUE(std::equal(seen.begin(), seen.end(), expected.begin(), expected.end())) << size;
  }
  EXPECT_EQ(guest_.call("fd_readdir", 1u, guest_.room(64), 64u, uint64_t{0}, guest_.room(4)),
            Errno::Notdir);
  EXPECT_EQ(guest_.call("fd_readdir", 3u, guest_.size() - 10, 64u, uint64_t{0}, guest_.room(4)),
            Errno::Fault);
  EXPECT_EQ(guest_.call("fd_readdir", 3u, guest_.room(64), 64u, ~uint64_t{0}, guest_.room(4)),
            Errno::Inval);
  EXPECT_EQ(guest_.call("fd_readdir", 3u, guest_.room(64), 0u, uint64_t{0}, guest_.room(4)),
            Errno::Success);
}

}  // namespace
}  // namespace skerry::wasi
