// Descriptors: reading, writing, positions, lists of buffers, flags, rights, renumbering.
#include "guest.h"

namespace skerry::wasi {
namespace {

constexpr uint64_t kReadWrite = Guest::kRead | Guest::kWrite;

class FdTest : public GuestTest {
 protected:
  uint32_t open(std::string_view path, uint32_t oflags = 0, uint64_t rights = kReadWrite,
                uint32_t fdflags = 0) {
    const auto opened = guest_.open(path, oflags, rights, 0, fdflags);
    EXPECT_EQ(opened.error, Errno::Success) << path;
    return opened.fd;
  }
  Result<uint64_t> seek(uint32_t fd, int64_t offset, uint32_t whence) {
    const uint32_t out = guest_.room(8);
    const Errno error = guest_.call("fd_seek", fd, offset, whence, out);
    if (error != Errno::Success) return fail_with(error);
    return guest_.get<uint64_t>(out);
  }
};

TEST_F(FdTest, StandardStreams) {
  EXPECT_EQ(guest_.read(0, 5), "input");
  EXPECT_EQ(guest_.read(0), " text");
  EXPECT_EQ(guest_.read(0), "");
  EXPECT_EQ(guest_.write(1, "out"), Errno::Success);
  EXPECT_EQ(*stdout_, "out");
  EXPECT_EQ(guest_.write(2, "lost"), Errno::Success);
  EXPECT_EQ(guest_.write(0, "x"), Errno::Badf);
  EXPECT_EQ(guest_.read(1), "error: badf");
  EXPECT_EQ(guest_.write(99, "x"), Errno::Badf);
  EXPECT_EQ(guest_.write(UINT32_MAX, "x"), Errno::Badf);
  for (uint32_t fd = 0; fd < 3; ++fd) {
    const auto rights = static_cast<Rights>(guest_.fdstat(fd).rights_base);
    EXPECT_FALSE(any_of(rights, Rights::FdSeek | Rights::FdTell));
    EXPECT_EQ(any_of(rights, Rights::FdRead), fd == 0);
    EXPECT_EQ(any_of(rights, Rights::FdWrite), fd != 0);
    EXPECT_EQ(guest_.call("fd_seek", fd, int64_t{0}, 1u, guest_.room(8)), Errno::Spipe);
    EXPECT_EQ(guest_.call("fd_filestat_get", fd, guest_.room(64)), Errno::Success);
  }
  EXPECT_EQ(guest_.fdstat(2).filetype, FileTypeId::CharacterDevice);  // the null device
}

TEST_F(FdTest, ListsOfBuffers) {
  const uint32_t a = guest_.put("Hello, "), b = guest_.put("wide "), c = guest_.put("world");
  const uint32_t list = guest_.room(40), out = guest_.room(4);
  const IovecRecord records[] = {{a, 7}, {0, 0}, {b, 5}, {guest_.size(), 0}, {c, 5}};
  for (uint32_t i = 0; i < 5; ++i) guest_.set(list + 8 * i, records[i]);
  EXPECT_EQ(guest_.call("fd_write", 1u, list, 5u, out), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(out), 17u);
  EXPECT_EQ(*stdout_, "Hello, wide world");
  EXPECT_EQ(guest_.call("fd_write", 1u, list, 0u, out), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(out), 0u);

  // More than fit into the list's short form, into a file.
  const uint32_t fd = open("many", kOpenCreate);
  const uint32_t many = guest_.room(8 * 100);
  for (uint32_t i = 0; i < 100; ++i) guest_.set<IovecRecord>(many + 8 * i, {a + i % 7, 1});
  EXPECT_EQ(guest_.call("fd_write", fd, many, 100u, out), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(out), 100u);
  EXPECT_EQ(temp_.read("many").substr(0, 16), "Hello, Hello, He");
}

TEST_F(FdTest, BadListsAreRefusedAndNothingIsDone) {
  temp_.write("f", "content");
  const uint32_t fd = open("f"), out = guest_.room(4), list = guest_.room(8 * 2000);
  const uint32_t size = guest_.size();
  const IovecRecord bad[] = {{size, 1},        {size - 1, 2},
                             {0xffffffff, 1},  {0xfffffff0, 0xffffffff},
                             {64, 0xffffffff}, {size - 1, 0x80000000}};
  for (const IovecRecord& record : bad) {
    guest_.set(list, record);
    for (const char* name : {"fd_read", "fd_write"})
      EXPECT_EQ(guest_.call(name, fd, list, 1u, out), Errno::Fault);
    for (const char* name : {"fd_pread", "fd_pwrite"})
      EXPECT_EQ(guest_.call(name, fd, list, 1u, uint64_t{0}, out), Errno::Fault);
  }
  for (uint32_t i = 0; i < 2000; ++i) guest_.set<IovecRecord>(list + 8 * i, {list, 1});
  EXPECT_EQ(guest_.call("fd_write", fd, list, 1025u, out), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_write", fd, list, UINT32_MAX, out), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_write", fd, size - 8, 2u, out), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_write", fd, 0xfffffffcu, 1u, out), Errno::Fault);
  EXPECT_EQ(guest_.call("fd_write", fd, list, 1u, size - 3), Errno::Fault);
  EXPECT_EQ(temp_.read("f"), "content");
  EXPECT_EQ(guest_.read(fd), "content");
  // A good buffer before a bad one: all or nothing.
  guest_.set<IovecRecord>(list + 8, {size, 8});
  EXPECT_EQ(guest_.call("fd_write", fd, list, 2u, out), Errno::Fault);
  EXPECT_EQ(temp_.read("f"), "content");
}

TEST(BigMemory, ListsLongerThanASizeCanCount) {
  Guest guest(Config{}, 64 << 20);
  const uint32_t list = guest.room(8 * 100), out = guest.room(4);
  for (uint32_t i = 0; i < 100; ++i) guest.set<IovecRecord>(list + 8 * i, {0, 60 << 20});
  EXPECT_EQ(guest.call("fd_write", 2u, list, 100u, out), Errno::Inval);
}

TEST_F(FdTest, Positions) {
  temp_.write("f", "0123456789");
  const uint32_t fd = open("f"), out = guest_.room(8);
  EXPECT_EQ(seek(fd, 4, 0), 4u);
  EXPECT_EQ(seek(fd, 2, 1), 6u);
  EXPECT_EQ(seek(fd, -1, 2), 9u);
  EXPECT_EQ(guest_.read(fd), "9");
  EXPECT_EQ(guest_.call("fd_tell", fd, out), Errno::Success);
  EXPECT_EQ(guest_.get<uint64_t>(out), 10u);
  EXPECT_EQ(guest_.call("fd_seek", fd, int64_t{-1}, 0u, out), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_seek", fd, int64_t{0}, 3u, out), Errno::Inval);
  EXPECT_EQ(seek(fd, int64_t{1} << 40, 0), uint64_t{1} << 40);
  EXPECT_EQ(guest_.call("fd_seek", 3u, int64_t{0}, 0u, out), Errno::Isdir);
  EXPECT_EQ(guest_.call("fd_tell", 3u, out), Errno::Isdir);
  // The older version numbers the starting points otherwise.
  guest_.set_abi(Abi::Unstable);
  EXPECT_EQ(seek(fd, 3, 2), 3u);
  EXPECT_EQ(seek(fd, 3, 0), 6u);
  EXPECT_EQ(seek(fd, -3, 1), 7u);
}

TEST_F(FdTest, SeekNeedsItsRight) {
  temp_.write("f", "0123456789");
  const uint32_t tells = open("f", 0, bits_of(Rights::FdRead | Rights::FdTell));
  EXPECT_EQ(guest_.call("fd_seek", tells, int64_t{0}, 1u, guest_.room(8)), Errno::Success);
  EXPECT_EQ(guest_.call("fd_seek", tells, int64_t{1}, 1u, guest_.room(8)), Errno::Notcapable);
  EXPECT_EQ(guest_.call("fd_tell", tells, guest_.room(8)), Errno::Success);
  const uint32_t neither = open("f", 0, bits_of(Rights::FdRead));
  EXPECT_EQ(guest_.call("fd_seek", neither, int64_t{0}, 1u, guest_.room(8)), Errno::Notcapable);
  EXPECT_EQ(guest_.call("fd_tell", neither, guest_.room(8)), Errno::Notcapable);
  EXPECT_EQ(guest_.call("fd_pread", neither, guest_.iovec(64, 1), 1u, uint64_t{0}, guest_.room(4)),
            Errno::Notcapable);
}

TEST_F(FdTest, ReadAndWriteAtOffsets) {
  const uint32_t fd = open("f", kOpenCreate), out = guest_.room(4), buf = guest_.room(8);
  EXPECT_EQ(guest_.call("fd_pwrite", fd, guest_.iovec(guest_.put("abcd"), 4), 1u, uint64_t{2}, out),
            Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(out), 4u);
  EXPECT_EQ(temp_.read("f"), std::string("\0\0abcd", 6));
  EXPECT_EQ(guest_.call("fd_pread", fd, guest_.iovec(buf, 8), 1u, uint64_t{3}, out),
            Errno::Success);
  EXPECT_EQ(guest_.text(buf, guest_.get<uint32_t>(out)), "bcd");
  EXPECT_EQ(guest_.call("fd_pread", fd, guest_.iovec(buf, 8), 1u, uint64_t{1} << 63, out),
            Errno::Inval);
  EXPECT_EQ(guest_.call("fd_pread", 0u, guest_.iovec(buf, 8), 1u, uint64_t{0}, out), Errno::Spipe);
  EXPECT_EQ(guest_.call("fd_pread", 3u, guest_.iovec(buf, 8), 1u, uint64_t{0}, out), Errno::Isdir);
  EXPECT_EQ(seek(fd, 0, 1), 0u);
}

TEST_F(FdTest, ReadingAndWritingAsOpened) {
  temp_.write("f", "text");
  const uint32_t reads = open("f", 0, Guest::kRead), writes = open("f", 0, Guest::kWrite);
  EXPECT_EQ(guest_.read(reads), "text");
  EXPECT_EQ(guest_.write(reads, "x"), Errno::Badf);
  EXPECT_EQ(guest_.write(writes, "T"), Errno::Success);
  EXPECT_EQ(guest_.read(writes), "error: badf");
  EXPECT_EQ(guest_.read(3), "error: isdir");
  EXPECT_EQ(guest_.write(3, "x"), Errno::Isdir);
  const uint32_t none = open("f", 0, 0);
  EXPECT_EQ(guest_.read(none), "error: badf");
  EXPECT_EQ(temp_.read("f"), "Text");
}

TEST_F(FdTest, RightsOnlyShrink) {
  temp_.write("f", "text");
  const uint32_t fd = open("f");
  const auto rights = static_cast<Rights>(guest_.fdstat(fd).rights_base);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, bits_of(without(rights, Rights::FdWrite)),
                        uint64_t{0}),
            Errno::Success);
  EXPECT_EQ(guest_.write(fd, "x"), Errno::Badf);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, bits_of(rights), uint64_t{0}),
            Errno::Notcapable);
  EXPECT_EQ(
      guest_.call("fd_fdstat_set_rights", fd, bits_of(Rights::FdRead), bits_of(Rights::FdRead)),
      Errno::Notcapable);
  EXPECT_EQ(guest_.call("fd_fdstat_set_rights", fd, uint64_t{0}, uint64_t{0}), Errno::Success);
  EXPECT_EQ(guest_.call("fd_filestat_get", fd, guest_.room(64)), Errno::Notcapable);
  EXPECT_EQ(guest_.call("fd_sync", fd), Errno::Notcapable);
  EXPECT_EQ(guest_.call("fd_close", fd), Errno::Success);
}

TEST_F(FdTest, Flags) {
  const uint64_t rights = kReadWrite | bits_of(Rights::FdFdstatSetFlags);
  const uint32_t fd = open("f", kOpenCreate, rights, kFdAppend | kFdSync);
  EXPECT_EQ(guest_.fdstat(fd).flags, kFdAppend | kFdSync);
  EXPECT_EQ(guest_.fdstat(fd).filetype, FileTypeId::RegularFile);
  guest_.write(fd, "one");
  EXPECT_EQ(seek(fd, 0, 0), 0u);
  guest_.write(fd, "two");
  EXPECT_EQ(temp_.read("f"), "onetwo");
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, 0u), Errno::Success);
  EXPECT_EQ(guest_.fdstat(fd).flags, kFdSync);
  EXPECT_EQ(seek(fd, 0, 0), 0u);
  guest_.write(fd, "O");
  EXPECT_EQ(temp_.read("f"), "Onetwo");
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, kFdNonblock | kFdSync), Errno::Success);
  EXPECT_EQ(guest_.fdstat(fd).flags, kFdNonblock | kFdSync);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, kFdDsync), Errno::Notsup);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", fd, 32u), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", 1u, kFdNonblock), Errno::Success);
  const uint32_t without_right = open("f");
  EXPECT_EQ(guest_.call("fd_fdstat_set_flags", without_right, 0u), Errno::Notcapable);
}

TEST_F(FdTest, AttributesOfOpenFiles) {
  const uint64_t rights =
      kReadWrite | bits_of(Rights::FdFilestatSetTimes | Rights::FdAllocate | Rights::FdAdvise |
                           Rights::FdSync | Rights::FdDatasync);
  const uint32_t fd = open("f", kOpenCreate, rights), out = guest_.room(64);
  EXPECT_EQ(guest_.call("fd_filestat_set_size", fd, uint64_t{100}), Errno::Success);
  EXPECT_EQ(
      guest_.call("fd_filestat_set_times", fd, uint64_t{1000}, uint64_t{2000}, kFstAtim | kFstMtim),
      Errno::Success);
  ASSERT_EQ(guest_.call("fd_filestat_get", fd, out), Errno::Success);
  auto stat = guest_.get<FileStatRecord>(out);
  EXPECT_EQ(stat.size, 100u);
  EXPECT_EQ(stat.filetype, FileTypeId::RegularFile);
  EXPECT_EQ(stat.nlink, 1u);
  EXPECT_EQ(stat.atim, 1000u);
  EXPECT_EQ(stat.mtim, 2000u);
  EXPECT_NE(stat.ino, 0u);

  guest_.set_abi(Abi::Unstable);
  ASSERT_EQ(guest_.call("fd_filestat_get", fd, out), Errno::Success);
  const auto old = guest_.get<FileStatRecordUnstable>(out);
  EXPECT_EQ(old.size, 100u);
  EXPECT_EQ(old.nlink, 1u);
  EXPECT_EQ(old.mtim, 2000u);
  guest_.set_abi(Abi::Preview1);

  EXPECT_EQ(
      guest_.call("fd_filestat_set_times", fd, uint64_t{0}, uint64_t{0}, kFstAtim | kFstAtimNow),
      Errno::Inval);
  EXPECT_EQ(
      guest_.call("fd_filestat_set_times", fd, uint64_t{0}, uint64_t{0}, kFstMtim | kFstMtimNow),
      Errno::Inval);
  EXPECT_EQ(guest_.call("fd_filestat_set_times", fd, uint64_t{0}, uint64_t{0}, 16u), Errno::Inval);
  const Errno allocated = guest_.call("fd_allocate", fd, uint64_t{90}, uint64_t{20});
  if (allocated != Errno::Notsup) {
    EXPECT_EQ(allocated, Errno::Success);
    ASSERT_EQ(guest_.call("fd_filestat_get", fd, out), Errno::Success);
    EXPECT_EQ(guest_.get<FileStatRecord>(out).size, 110u);
  }
  for (uint32_t advice = 0; advice < 6; ++advice)
    EXPECT_EQ(guest_.call("fd_advise", fd, uint64_t{0}, uint64_t{10}, advice), Errno::Success);
  EXPECT_EQ(guest_.call("fd_advise", fd, uint64_t{0}, uint64_t{10}, 6u), Errno::Inval);
  EXPECT_EQ(guest_.call("fd_sync", fd), Errno::Success);
  EXPECT_EQ(guest_.call("fd_datasync", fd), Errno::Success);
  EXPECT_EQ(guest_.call("fd_sync", 3u), Errno::Success);
  EXPECT_EQ(guest_.call("fd_filestat_set_size", 3u, uint64_t{1}), Errno::Isdir);
  EXPECT_EQ(guest_.call("fd_allocate", 3u, uint64_t{0}, uint64_t{1}), Errno::Isdir);
  EXPECT_EQ(guest_.call("fd_filestat_set_size", fd, uint64_t{1} << 63), Errno::Inval);
}

TEST_F(FdTest, Preopens) {
  const uint32_t out = guest_.room(8), name = guest_.room(8);
  ASSERT_EQ(guest_.call("fd_prestat_get", 3u, out), Errno::Success);
  EXPECT_EQ(guest_.get<PrestatRecord>(out).tag, 0);
  EXPECT_EQ(guest_.get<PrestatRecord>(out).name_length, 5u);
  EXPECT_EQ(guest_.call("fd_prestat_dir_name", 3u, name, 4u), Errno::Nametoolong);
  ASSERT_EQ(guest_.call("fd_prestat_dir_name", 3u, name, 8u), Errno::Success);
  EXPECT_EQ(guest_.text(name, 6), "/data\xee");
  EXPECT_EQ(guest_.call("fd_prestat_get", 4u, out), Errno::Badf);
  EXPECT_EQ(guest_.call("fd_prestat_get", 1u, out), Errno::Badf);
  EXPECT_EQ(guest_.call("fd_prestat_dir_name", 1u, name, 8u), Errno::Notdir);
  const auto dir = guest_.open(".", kOpenDirectory, bits_of(kDirectoryRights));
  EXPECT_EQ(guest_.call("fd_prestat_get", dir.fd, out), Errno::Badf);
}

TEST_F(FdTest, NumbersAreReusedFromTheLowest) {
  temp_.write("f", "text");
  const uint32_t a = open("f"), b = open("f"), c = open("f");
  EXPECT_EQ(a, 4u);
  EXPECT_EQ(b, 5u);
  EXPECT_EQ(c, 6u);
  EXPECT_EQ(guest_.call("fd_close", b), Errno::Success);
  EXPECT_EQ(guest_.call("fd_close", b), Errno::Badf);
  EXPECT_EQ(guest_.call("fd_close", a), Errno::Success);
  EXPECT_EQ(open("f"), 4u);
  EXPECT_EQ(open("f"), 5u);
  EXPECT_EQ(open("f"), 7u);
  EXPECT_EQ(guest_.call("fd_close", 0u), Errno::Success);
  EXPECT_EQ(open("f"), 0u);
}

TEST_F(FdTest, Renumber) {
  temp_.write("a", "aaa");
  temp_.write("b", "bbb");
  const uint32_t a = open("a"), b = open("b");
  EXPECT_EQ(guest_.call("fd_renumber", a, b), Errno::Success);
  EXPECT_EQ(guest_.read(b), "aaa");
  EXPECT_EQ(guest_.read(a), "error: badf");
  EXPECT_EQ(guest_.call("fd_renumber", b, a), Errno::Badf);
  EXPECT_EQ(guest_.call("fd_renumber", a, b), Errno::Badf);
  EXPECT_EQ(guest_.call("fd_renumber", b, b), Errno::Success);
  EXPECT_EQ(guest_.call("fd_renumber", b, 1u), Errno::Success);
  EXPECT_EQ(guest_.write(1, "A"), Errno::Success);
  EXPECT_EQ(temp_.read("a"), "aaaA");
  EXPECT_EQ(guest_.call("fd_renumber", 1u, 3u), Errno::Success);  // over a preopened directory
  EXPECT_EQ(guest_.open("b").error, Errno::Notdir);
}

TEST_F(FdTest, DescriptorsAreLimited) {
  Config limited = config();
  limited.max_descriptors = 6;
  Guest guest(std::move(limited));
  temp_.write("f", "text");
  EXPECT_EQ(guest.open("f").error, Errno::Success);
  EXPECT_EQ(guest.open("f").error, Errno::Success);
  EXPECT_EQ(guest.open("f").error, Errno::Mfile);
  EXPECT_EQ(guest.call("fd_close", 4u), Errno::Success);
  EXPECT_EQ(guest.open("f").fd, 4u);
}

}  // namespace
}  // namespace skerry::wasi
