// Guests that want more than there is: lengths and counts up to 4 GiB, bombs of links and folders,
// descriptors without end, drops into a quota. Each gets its errno, and nothing is left behind.
// Not here: what a policy grants (grants_test), and limits of the runtime (unit/runtime).
#include <filesystem>
#include <functional>
#include <system_error>

#include "guest.h"

namespace skerry::wasi {
namespace {

constexpr uint32_t kMost = UINT32_MAX;
constexpr uint64_t kMost64 = UINT64_MAX;

// Where there is no /proc, always 0. Under wine there is one, of wine itself.
size_t open_descriptors() {
#ifdef _WIN32
  return 0;
#else
  std::error_code none;
  std::filesystem::directory_iterator at("/proc/self/fd", none);
  return none ? 0 : static_cast<size_t>(std::distance(at, std::filesystem::directory_iterator()));
#endif
}

Config config_with(const TempDir& temp, std::optional<uint64_t> max_written_bytes = {},
                   platform::PathResolver resolver = platform::PathResolver::Auto) {
  Config config;
  config.standard_input = Stdio::null();
  config.standard_output = Stdio::null();
  config.standard_error = Stdio::null();
  config.resolver = resolver;
  EXPECT_TRUE(config.add_directory("/", temp.path(), policy::kAllAccess, max_written_bytes));
  return config;
}

class LimitsTest : public testing::Test {
 protected:
  ~LimitsTest() override { EXPECT_EQ(open_descriptors(), descriptors_before_); }

  const size_t descriptors_before_ = open_descriptors();
  TempDir temp_;
};

using Attempt = std::function<Errno(Guest&, uint32_t file)>;
struct Refused {
  const char* what;
  Errno expected;
  Attempt attempt;
};

// Each of them leaves the guest's memory as it was, but for the place of the lists.
const Refused kRefused[] = {
    {"read 4 GiB at 1", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_read", file, guest.iovec(1, kMost), 1u, 0u);
     }},
    {"read 4 GiB at the end", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_read", file, guest.iovec(kMost, kMost), 1u, 0u);
     }},
    {"read one byte behind the end", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_read", file, guest.iovec(guest.size(), 1), 1u, 0u);
     }},
    {"write 4 GiB at 3", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_write", file, guest.iovec(3, kMost), 1u, 0u);
     }},
    {"pread 4 GiB", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_pread", file, guest.iovec(7, kMost), 1u, uint64_t{0}, 0u);
     }},
    {"pwrite 4 GiB", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_pwrite", file, guest.iovec(7, kMost), 1u, uint64_t{0}, 0u);
     }},
    {"a list of 4 GiB", Errno::Inval,
     [](Guest& guest, uint32_t file) { return guest.call("fd_read", file, 0u, kMost, 0u); }},
    {"a list whose size wraps", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_write", file, 0u, 0x2000'0001u, 0u);
     }},
    {"one slice too many", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_write", file, 0u, kMaxSlices + 1, 0u);
     }},
    {"a list that ends behind the end", Errno::Fault,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_write", file, guest.size() - 8, 2u, 0u);
     }},
    {"the answer nowhere", Errno::Fault,
     [](Guest& guest, uint32_t file) { return guest.call("fd_write", file, 0u, 0u, kMost - 1); }},
    {"write where no offset is", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_pwrite", file, guest.iovec(64, 1), 1u, kMost64, 0u);
     }},
    {"read where no offset is", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_pread", file, guest.iovec(64, 1), 1u, kMost64, 0u);
     }},
    {"a size that is none", Errno::Inval,
     [](Guest& guest, uint32_t file) { return guest.call("fd_filestat_set_size", file, kMost64); }},
    {"allocate all there is", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_allocate", file, uint64_t{0}, kMost64);
     }},
    {"advise on all there is", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_advise", file, kMost64, kMost64, 0u);
     }},
    {"seek below the start", Errno::Inval,
     [](Guest& guest, uint32_t file) {
       return guest.call("fd_seek", file, uint64_t{1} << 63, 0u, 0u);
     }},
    {"4 GiB of random bytes", Errno::Fault,
     [](Guest& guest, uint32_t) { return guest.call("random_get", 1u, kMost); }},
    {"random bytes behind the end", Errno::Fault,
     [](Guest& guest, uint32_t) { return guest.call("random_get", guest.size(), 1u); }},
    {"list a folder into 4 GiB", Errno::Fault,
     [](Guest& guest, uint32_t) {
       return guest.call("fd_readdir", 3u, 1u, kMost, uint64_t{0}, 0u);
     }},
    {"list a folder from a place it never had", Errno::Inval,
     [](Guest& guest, uint32_t) { return guest.call("fd_readdir", 3u, 64u, 64u, kMost64, 0u); }},
    {"a link into 4 GiB", Errno::Fault,
     [](Guest& guest, uint32_t) {
       return guest.on_path("path_readlink", 3, "link", 1u, kMost, 0u);
     }},
    {"poll of 4 GiB", Errno::Inval,
     [](Guest& guest, uint32_t) { return guest.call("poll_oneoff", 0u, 0u, kMost, 0u); }},
    {"poll whose size wraps", Errno::Inval,
     [](Guest& guest, uint32_t) { return guest.call("poll_oneoff", 0u, 0u, 0x0800'0001u, 0u); }},
    {"one subscription too many", Errno::Inval,
     [](Guest& guest, uint32_t) { return guest.call("poll_oneoff", 0u, 0u, 65537u, 0u); }},
    {"more subscriptions than memory", Errno::Fault,
     [](Guest& guest, uint32_t) { return guest.call("poll_oneoff", 0u, 0u, 65536u, 0u); }},
    {"close what was never open", Errno::Badf,
     [](Guest& guest, uint32_t) { return guest.call("fd_close", kMost); }},
    {"renumber to the last number", Errno::Badf,
     [](Guest& guest, uint32_t file) { return guest.call("fd_renumber", file, kMost); }},
    {"open a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) {
       return guest.call("path_open", 3u, 0u, 1u, kMost, 0u, Guest::kRead, uint64_t{0}, 0u, 0u);
     }},
    {"stat a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) {
       return guest.call("path_filestat_get", 3u, 0u, 1u, kMost, 64u);
     }},
    {"set times at a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) {
       return guest.call("path_filestat_set_times", 3u, 0u, 1u, kMost, uint64_t{0}, uint64_t{0},
                         0u);
     }},
    {"create a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) { return guest.call("path_create_directory", 3u, 1u, kMost); }},
    {"remove a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) { return guest.call("path_remove_directory", 3u, 1u, kMost); }},
    {"unlink a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) { return guest.call("path_unlink_file", 3u, 1u, kMost); }},
    {"read a link of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) {
       return guest.call("path_readlink", 3u, 1u, kMost, 64u, 1u, 0u);
     }},
    {"rename to a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) { return guest.on_path("path_rename", 3, "file", 3u, 1u, kMost); }},
    {"link to a path of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) {
       return guest.call("path_link", 3u, 0u, guest.put("file"), 4u, 3u, 1u, kMost);
     }},
    {"a link with a text of 4 GiB", Errno::Nametoolong,
     [](Guest& guest, uint32_t) {
       return guest.call("path_symlink", 1u, kMost, 3u, guest.put("new"), 3u);
     }},
    {"a path that leaves memory", Errno::Fault,
     [](Guest& guest, uint32_t) {
       return guest.call("path_create_directory", 3u, guest.size() - 2, 3u);
     }},
};

TEST_F(LimitsTest, WhatIsTooMuchIsRefusedWithoutATrace) {
  temp_.write("file", "text");
  Guest guest(config_with(temp_));
  const auto file = guest.open("file", 0, Guest::kRead | bits_of(kFileRights));
  ASSERT_EQ(file.error, Errno::Success);
  const uint32_t first_untouched = 4096;
  for (const Refused& row : kRefused) {
    SCOPED_TRACE(row.what);
    guest.reset();
    const std::string head = guest.text(0, 64);
    EXPECT_EQ(row.attempt(guest, file.fd), row.expected);
    EXPECT_EQ(guest.text(0, 64), head);
    const std::string rest = guest.text(first_untouched, guest.size() - first_untouched);
    EXPECT_EQ(rest.find_first_not_of('\0'), std::string::npos);
  }
  EXPECT_EQ(temp_.read("file"), "text");
  EXPECT_EQ(guest.read(file.fd), "text");  // and it goes on as if nothing had been
}

// Slices may lie on one another, and all of them together may be many times the memory.
TEST_F(LimitsTest, SlicesThatOverlap) {
  Guest guest(config_with(temp_), 5 << 20);
  const auto file = guest.open("file", kOpenCreate, Guest::kRead | Guest::kWrite);
  ASSERT_EQ(file.error, Errno::Success);
  const uint32_t list = guest.room(kMaxSlices * sizeof(IovecRecord));
  const auto fill_list = [&](uint32_t buf, uint32_t length) {
    for (uint32_t i = 0; i < kMaxSlices; ++i) guest.set<IovecRecord>(list + i * 8, {buf, length});
  };
  const uint32_t byte = guest.put("x"), out = guest.room(4);
  fill_list(byte, 1);
  EXPECT_EQ(guest.call("fd_write", file.fd, list, kMaxSlices, out), Errno::Success);
  EXPECT_EQ(guest.get<uint32_t>(out), kMaxSlices);
  EXPECT_EQ(temp_.read("file"), std::string(kMaxSlices, 'x'));
  guest.set(byte, 'y');
  EXPECT_EQ(guest.call("fd_pread", file.fd, list, kMaxSlices, uint64_t{0}, out), Errno::Success);
  EXPECT_EQ(guest.text(byte, 1), "x");
  // 5 GiB in all: more than the answer could say.
  fill_list(0, guest.size());
  EXPECT_EQ(guest.call("fd_write", 1u, list, kMaxSlices, out), Errno::Inval);
  EXPECT_EQ(guest.call("fd_write", 1u, list, kMaxSlices / 2, out), Errno::Success);
  // The list itself is read into.
  EXPECT_EQ(guest.call("fd_pread", file.fd, list, 2u, uint64_t{0}, out), Errno::Success);
  EXPECT_EQ(guest.get<uint32_t>(out), kMaxSlices);
}

TEST_F(LimitsTest, AQuotaIsNotPassedByLargeOverlappingSlices) {
  Guest guest(config_with(temp_, 1 << 20), 1 << 20);
  const auto file = guest.open("file", kOpenCreate, Guest::kWrite);
  const uint32_t list = guest.room(kMaxSlices * sizeof(IovecRecord));
  for (uint32_t i = 0; i < kMaxSlices; ++i) guest.set<IovecRecord>(list + i * 8, {0, guest.size()});
  EXPECT_EQ(guest.call("fd_write", file.fd, list, kMaxSlices, guest.room(4)), Errno::Dquot);
  EXPECT_EQ(guest.call("fd_write", file.fd, list, 2u, guest.room(4)), Errno::Dquot);
  EXPECT_EQ(temp_.read("file"), "");
}

// Every way to write, one byte at a time, until nothing is left. What went through is exact.
TEST_F(LimitsTest, DropsEmptyAQuota) {
  constexpr uint64_t kQuota = 1000;
  using Drop = std::function<Errno(Guest&, uint32_t file, uint64_t done)>;
  const std::pair<const char*, Drop> ways[] = {
      {"fd_write", [](Guest& guest, uint32_t file, uint64_t) { return guest.write(file, "x"); }},
      {"fd_pwrite",
       [](Guest& guest, uint32_t file, uint64_t done) {
         return guest.call("fd_pwrite", file, guest.iovec(64, 1), 1u, done, guest.room(4));
       }},
      {"fd_pwrite in one place",
       [](Guest& guest, uint32_t file, uint64_t) {
         return guest.call("fd_pwrite", file, guest.iovec(64, 1), 1u, uint64_t{0}, guest.room(4));
       }},
      {"fd_allocate",
       [](Guest& guest, uint32_t file, uint64_t done) {
         return guest.call("fd_allocate", file, done, uint64_t{1});
       }},
      {"fd_filestat_set_size", [](Guest& guest, uint32_t file, uint64_t done) {
         return guest.call("fd_filestat_set_size", file, done + 1);
       }}};
  for (const auto& [name, drop] : ways) {
    SCOPED_TRACE(name);
    Guest guest(config_with(temp_, kQuota));
    const uint64_t rights = Guest::kWrite | bits_of(kFileRights);
    const auto file = guest.open("file", kOpenCreate | kOpenTruncate, rights);
    ASSERT_EQ(file.error, Errno::Success);
    uint64_t done = 0;
    Errno error = Errno::Success;
    for (; done <= kQuota; ++done) {
      guest.reset();
      error = drop(guest, file.fd, done);
      if (error != Errno::Success) break;
    }
    if (error == Errno::Notsup) continue;  // not every file system allocates
    EXPECT_EQ(done, kQuota);
    EXPECT_EQ(error, Errno::Dquot);
    EXPECT_LE(temp_.read("file").size(), kQuota);
  }
}

TEST_F(LimitsTest, DescriptorsEndAtTheirLimit) {
  temp_.write("file", "text");
  Config config = config_with(temp_);
  config.max_descriptors = 64;
  Guest guest(std::move(config));
  for (int round = 0; round < 3; ++round) {
    uint32_t opened = 0;
    Guest::Opened last;
    while ((last = guest.open("file")).error == Errno::Success) {
      guest.reset();
      ++opened;
    }
    EXPECT_EQ(opened, 60u);
    EXPECT_EQ(last.error, Errno::Mfile);
    // Those that were refused are not open in the host either.
    const size_t open_then = open_descriptors();
    for (int i = 0; i < 1000; ++i) {
      guest.reset();
      EXPECT_EQ(guest.open("file").error, Errno::Mfile);
    }
    EXPECT_EQ(open_descriptors(), open_then);
    for (uint32_t fd = 4; fd < 64; ++fd) EXPECT_EQ(guest.call("fd_close", fd), Errno::Success);
  }
}

TEST_F(LimitsTest, RandomBytesInAllOfMemory) {
  Guest guest(config_with(temp_), 32 << 20);
  EXPECT_EQ(guest.call("random_get", 0u, guest.size()), Errno::Success);
  // A page that stayed zero would not be random.
  for (uint32_t at = 0; at < guest.size(); at += 4096)
    EXPECT_NE(guest.text(at, 4096), std::string(4096, '\0'));
}

TEST_F(LimitsTest, AsManySubscriptionsAsThereMayBe) {
  constexpr uint32_t kCount = 65536;
  Guest guest(config_with(temp_), 8 << 20);
  const uint32_t nevents = guest.room(4), in = guest.room(kCount * sizeof(SubscriptionRecord));
  const uint32_t out = guest.room(kCount * sizeof(EventRecord));
  for (uint32_t i = 0; i < kCount; ++i) {
    SubscriptionRecord record{};
    record.userdata = i;
    record.tag = static_cast<uint8_t>(i % 1024 != 0 ? EventType::Clock : EventType::FdWrite);
    record.id_or_fd = 1;  // monotonic; stdout
    guest.set(in + i * static_cast<uint32_t>(sizeof(record)), record);
  }
  EXPECT_EQ(guest.call("poll_oneoff", in, out, kCount, nevents), Errno::Success);
  EXPECT_EQ(guest.get<uint32_t>(nevents), kCount);
}

class BombTest : public LimitsTest, public testing::WithParamInterface<platform::PathResolver> {
 protected:
  BombTest() : guest_(config_with(temp_, {}, GetParam())) {}
  Errno link(std::string_view target, std::string_view name) {
    guest_.reset();
    return guest_.call("path_symlink", guest_.put(target), static_cast<uint32_t>(target.size()), 3u,
                       guest_.put(name), static_cast<uint32_t>(name.size()));
  }

  Guest guest_;
};

INSTANTIATE_TEST_SUITE_P(Resolvers, BombTest,
                         testing::Values(platform::PathResolver::Auto,
                                         platform::PathResolver::Walk));

TEST_P(BombTest, LinksInCircles) {
  if (link("self", "self") != Errno::Success) GTEST_SKIP() << "no links here";
  EXPECT_EQ(link("two", "one"), Errno::Success);
  EXPECT_EQ(link("one", "two"), Errno::Success);
  EXPECT_EQ(link("double/double", "double"), Errno::Success);
  EXPECT_EQ(link("./././in/../in", "in"), Errno::Success);
  for (const char* path : {"self", "one", "double", "in", "self/x", "one/x", "double/x", "in/x",
                           "self/", "one/two/one/two"}) {
    SCOPED_TRACE(path);
    guest_.reset();
    EXPECT_EQ(guest_.open(path).error, Errno::Loop);
    const uint32_t out = guest_.room(64);
    EXPECT_EQ(guest_.call("path_filestat_get", 3u, 1u, guest_.put(path),
                          static_cast<uint32_t>(std::strlen(path)), out),
              Errno::Loop);
  }
}

// Each link is twice the one before: 2^30 steps for who follows them all.
TEST_P(BombTest, LinksThatDouble) {
  temp_.make_dir("d");
  if (link("d", "l0") != Errno::Success) GTEST_SKIP() << "no links here";
  for (int i = 1; i <= 30; ++i) {
    const std::string before = "l" + std::to_string(i - 1);
    ASSERT_EQ(link(before + "/../" + before, "l" + std::to_string(i)), Errno::Success);
  }
  guest_.reset();
  EXPECT_EQ(guest_.open("l3").error, Errno::Success);
  EXPECT_EQ(guest_.open("l30").error, Errno::Loop);
  EXPECT_EQ(guest_.open("l30/x").error, Errno::Loop);
  EXPECT_EQ(guest_.on_path("path_unlink_file", 3, "l30/x"), Errno::Loop);
}

TEST_P(BombTest, LinksWithLongTexts) {
  std::string text;
  while (text.size() < 4000) text += "long/";
  const Errno made = link(text, "long");
  if (made != Errno::Success) GTEST_SKIP() << "no links here";
  guest_.reset();
  const Errno error = guest_.open("long").error;
  EXPECT_TRUE(error == Errno::Loop || error == Errno::Nametoolong) << errno_name(error);
}

// A folder in a folder in a folder; each is opened through the one before.
TEST_P(BombTest, FoldersWithoutEnd) {
  constexpr int kDepth = 300;
  uint32_t at = 3;
  std::string path;
  for (int depth = 0; depth < kDepth; ++depth) {
    guest_.reset();
    ASSERT_EQ(guest_.on_path("path_create_directory", at, "d"), Errno::Success) << depth;
    const auto next =
        guest_.open("d", kOpenDirectory, bits_of(kDirectoryRights), ~uint64_t{0}, 0, 0, at);
    ASSERT_EQ(next.error, Errno::Success) << depth;
    if (at != 3) {
      EXPECT_EQ(guest_.call("fd_close", at), Errno::Success);
    }
    at = next.fd;
    path += "d/";
  }
  EXPECT_EQ(guest_.on_path("path_create_directory", at, "last"), Errno::Success);
  guest_.reset();
  // Walking counts the folders that it holds; the kernel knows no such limit.
  const Errno all = guest_.open(path).error;
  EXPECT_TRUE(all == Errno::Success || all == Errno::Nametoolong) << errno_name(all);
  std::string longer;
  while (longer.size() < 60000) longer += path;
  EXPECT_EQ(guest_.open(longer).error, Errno::Nametoolong);
  guest_.reset();
  EXPECT_EQ(guest_.on_path("path_create_directory", 3, std::string(65536, 'a')),
            Errno::Nametoolong);
  EXPECT_EQ(guest_.on_path("path_create_directory", 3, std::string(256, 'a')), Errno::Nametoolong);
  // Dots do not count.
  std::string dots;
  for (int i = 0; i < 1000; ++i) dots += "d/../";
  guest_.reset();
  const Errno turned = guest_.open(dots + "d").error;
  EXPECT_TRUE(turned == Errno::Success || turned == Errno::Nametoolong) << errno_name(turned);
}

}  // namespace
}  // namespace skerry::wasi
