// What a guest may do beyond rights: access to a folder, quotas, clocks, random bytes, its exit.
#include "guest.h"

namespace skerry::wasi {
namespace {

using policy::Access;

struct Granted {
  explicit Granted(Access access, std::optional<uint64_t> max_written_bytes = {},
                   std::optional<uint64_t> max_written_in_all_bytes = {}) {
    temp.write("file", "text");
    temp.make_dir("dir");
    Config config;
    config.standard_output = Stdio::null();
    config.max_written_bytes = max_written_in_all_bytes;
    EXPECT_TRUE(config.add_directory("/", temp.path(), access, max_written_bytes));
    guest.emplace(std::move(config));
  }
  Errno rename(std::string_view from, std::string_view to) {
    return guest->on_path("path_rename", 3, from, 3u, guest->put(to),
                          static_cast<uint32_t>(to.size()));
  }

  TempDir temp;
  std::optional<Guest> guest;
};

TEST(AccessTest, ReadingAlone) {
  Granted given(Access::Read);
  Guest& guest = *given.guest;
  EXPECT_EQ(guest.read(guest.open("file").fd), "text");
  EXPECT_EQ(guest.open("file", kOpenCreate).error, Errno::Success);  // it is there
  EXPECT_EQ(guest.open("new", kOpenCreate).error, Errno::Rofs);
  EXPECT_EQ(guest.open("file", 0, Guest::kRead | Guest::kWrite).error, Errno::Rofs);
  EXPECT_EQ(guest.open("file", kOpenTruncate).error, Errno::Rofs);
  EXPECT_EQ(given.rename("file", "other"), Errno::Rofs);
  EXPECT_EQ(guest.on_path("path_unlink_file", 3, "file"), Errno::Rofs);
  EXPECT_EQ(given.temp.read("file"), "text");
}

TEST(AccessTest, ChangingWhatIsThereAlone) {
  Granted given(Access::Read | Access::Write);
  Guest& guest = *given.guest;
  const auto file = guest.open("file", kOpenTruncate, Guest::kRead | Guest::kWrite);
  EXPECT_EQ(file.error, Errno::Success);
  EXPECT_EQ(guest.write(file.fd, "new text"), Errno::Success);
  EXPECT_EQ(guest.open("new", kOpenCreate, Guest::kWrite).error, Errno::Acces);
  EXPECT_EQ(guest.on_path("path_create_directory", 3, "new"), Errno::Acces);
  EXPECT_EQ(guest.on_path("path_unlink_file", 3, "file"), Errno::Acces);
  EXPECT_EQ(guest.on_path("path_remove_directory", 3, "dir"), Errno::Acces);
  EXPECT_EQ(given.rename("file", "other"), Errno::Acces);
  EXPECT_EQ(given.temp.read("file"), "new text");
}

// A folder to drop things into.
TEST(AccessTest, AddingWithoutReadingOrDeleting) {
  Granted given(Access::Write | Access::Create);
  Guest& guest = *given.guest;
  const auto file = guest.open("new", kOpenCreate | kOpenExclusive, Guest::kWrite);
  EXPECT_EQ(file.error, Errno::Success);
  EXPECT_EQ(guest.write(file.fd, "dropped"), Errno::Success);
  EXPECT_EQ(guest.open("file").error, Errno::Acces);
  EXPECT_EQ(guest.call("fd_readdir", 3u, guest.room(64), 64u, uint64_t{0}, guest.room(4)),
            Errno::Acces);
  EXPECT_EQ(guest.on_path("path_unlink_file", 3, "new"), Errno::Acces);
  EXPECT_EQ(given.rename("new", "file"), Errno::Acces);  // would end what `file` was
  EXPECT_EQ(given.temp.read("new"), "dropped");
  EXPECT_EQ(given.temp.read("file"), "text");
}

TEST(AccessTest, DeletingAndCreatingWithoutWriting) {
  Granted given(Access::Read | Access::Create | Access::Delete);
  Guest& guest = *given.guest;
  EXPECT_EQ(given.rename("file", "moved"), Errno::Success);
  EXPECT_EQ(guest.open("moved", 0, Guest::kWrite).error, Errno::Acces);
  EXPECT_EQ(guest.on_path("path_unlink_file", 3, "moved"), Errno::Success);
}

TEST(AccessTest, PassesToWhatIsOpenedThroughAFolder) {
  Granted given(Access::Read);
  given.temp.write("dir/inner", "inner");
  Guest& guest = *given.guest;
  const auto dir = guest.open("dir", kOpenDirectory, bits_of(kDirectoryRights), ~uint64_t{0});
  ASSERT_EQ(dir.error, Errno::Success);
  EXPECT_EQ(guest.open("inner", 0, Guest::kWrite, 0, 0, 1, dir.fd).error, Errno::Rofs);
  EXPECT_EQ(guest.on_path("path_unlink_file", dir.fd, "inner"), Errno::Rofs);
}

// Moving or linking into a folder with more access must not add to what may be done.
TEST(AccessTest, NothingGainsAccessByAnotherName) {
  TempDir temp;
  temp.write("kept/file", "text");
  temp.make_dir("free");
  Config config;
  ASSERT_TRUE(config.add_directory("kept", temp.path("kept"),
                                   Access::Read | Access::Create | Access::Delete));
  ASSERT_TRUE(config.add_directory("free", temp.path("free")));
  Guest guest(std::move(config));
  EXPECT_EQ(guest.call("path_link", 3u, 0u, guest.put("file"), 4u, 4u, guest.put("l"), 1u),
            Errno::Acces);
  EXPECT_EQ(guest.on_path("path_rename", 3, "file", 4u, guest.put("l"), 1u), Errno::Acces);
  EXPECT_EQ(temp.read("kept/file"), "text");
}

TEST(QuotaTest, IsSharedByWhatAFolderHolds) {
  Granted given(policy::kAllAccess, 10);
  Guest& guest = *given.guest;
  const auto a = guest.open("a", kOpenCreate, Guest::kRead | Guest::kWrite).fd;
  const auto b = guest.open("b", kOpenCreate, Guest::kRead | Guest::kWrite).fd;
  EXPECT_EQ(guest.write(a, "123456"), Errno::Success);
  EXPECT_EQ(guest.write(b, "12345"), Errno::Dquot);  // whole or not at all
  EXPECT_EQ(guest.write(b, "1234"), Errno::Success);
  EXPECT_EQ(guest.write(a, "1"), Errno::Dquot);
  EXPECT_EQ(guest.call("fd_filestat_set_size", a, uint64_t{1} << 30), Errno::Dquot);
  EXPECT_EQ(guest.call("fd_filestat_set_size", a, uint64_t{2}), Errno::Success);
  EXPECT_EQ(guest.write(1, "elsewhere"), Errno::Success);
  EXPECT_EQ(given.temp.read("a"), "12");
  EXPECT_EQ(given.temp.read("b"), "1234");
}

TEST(QuotaTest, OfEverythingCountsStreams) {
  Granted given(policy::kAllAccess, {}, 10);
  Guest& guest = *given.guest;
  EXPECT_EQ(guest.write(1, "12345678"), Errno::Success);
  const auto file = guest.open("a", kOpenCreate, Guest::kWrite).fd;
  EXPECT_EQ(guest.write(file, "123"), Errno::Dquot);
  EXPECT_EQ(guest.write(file, "12"), Errno::Success);
}

class ClockGrants : public testing::Test {
 protected:
  static uint64_t time(Guest& guest, uint32_t clock) {
    const uint32_t out = guest.room(8);
    EXPECT_EQ(guest.call("clock_time_get", clock, uint64_t{0}, out), Errno::Success);
    return guest.get<uint64_t>(out);
  }
  static Guest guest_with(policy::Clocks clocks) {
    Config config;
    config.clocks = clocks;
    return Guest(std::move(config));
  }
};

TEST_F(ClockGrants, FrozenClocksMoveOnlyByWaiting) {
  Guest guest = guest_with({.access = policy::ClockAccess::Frozen, .frozen_at_s = 1'000'000});
  EXPECT_EQ(time(guest, 0), 1'000'000'000'000'000u);
  EXPECT_EQ(time(guest, 1), 1'000'000'000u);
  const uint32_t subscription = guest.room(48), event = guest.room(32);
  guest.set<SubscriptionRecord>(subscription, {.userdata = 1,
                                               .tag = 0,
                                               .pad0 = {},
                                               .id_or_fd = 1,
                                               .pad1 = 0,
                                               .timeout = 5'000'000,
                                               .precision = 0,
                                               .flags = 0,
                                               .pad2 = {}});
  EXPECT_EQ(guest.call("poll_oneoff", subscription, event, 1u, guest.room(4)), Errno::Success);
  EXPECT_EQ(time(guest, 1), 1'005'000'000u);
  EXPECT_EQ(time(guest, 0), 1'000'000'005'000'000u);
}

TEST_F(ClockGrants, CoarseClocksGoInSteps) {
  Guest guest = guest_with({.access = policy::ClockAccess::Coarse, .resolution_ms = 50});
  EXPECT_EQ(time(guest, 0) % 50'000'000, 0u);
  EXPECT_EQ(time(guest, 1) % 50'000'000, 0u);
  const uint32_t out = guest.room(8);
  EXPECT_EQ(guest.call("clock_res_get", 1u, out), Errno::Success);
  EXPECT_EQ(guest.get<uint64_t>(out), 50'000'000u);
  EXPECT_EQ(guest.call("clock_time_get", 9u, uint64_t{0}, out), Errno::Inval);
}

TEST(RandomGrants, SeededBytesAreTheSameEveryTime) {
  const auto bytes_of = [](policy::Random random) {
    Config config;
    config.random = random;
    Guest guest(std::move(config));
    const uint32_t at = guest.room(64);
    EXPECT_EQ(guest.call("random_get", at, 20u), Errno::Success);
    EXPECT_EQ(guest.call("random_get", at + 20, 20u), Errno::Success);
    return guest.text(at, 40);
  };
  const policy::Random seeded = {.source = policy::RandomSource::Seeded, .seed = 7};
  EXPECT_EQ(bytes_of(seeded), bytes_of(seeded));
  EXPECT_NE(bytes_of(seeded), bytes_of({.source = policy::RandomSource::Seeded, .seed = 8}));
  EXPECT_NE(bytes_of({}), bytes_of({}));
  EXPECT_NE(bytes_of(seeded).substr(0, 20), bytes_of(seeded).substr(20));
}

TEST(ExitGrants, WhoMayNotExitIsStopped) {
  Config config;
  auto policy = std::make_shared<policy::Policy>();
  policy->process.exit = false;
  config.policy = std::move(policy);
  Guest guest(std::move(config));
  const auto result = guest.run("proc_exit", 0u);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::PolicyDenied);
  EXPECT_EQ(guest.call("proc_raise", 6u), Errno::Perm);
}

}  // namespace
}  // namespace skerry::wasi
