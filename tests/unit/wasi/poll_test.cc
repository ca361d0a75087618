// poll_oneoff: clocks, descriptors, errors in subscriptions, and both versions' records.
#include <filesystem>

#include "guest.h"
#include "platform/clocks.h"

namespace skerry::wasi {
namespace {

class PollTest : public GuestTest {
 protected:
  static SubscriptionRecord clock(uint64_t userdata, uint64_t timeout, uint32_t id = 1,
                                  uint16_t flags = 0) {
    SubscriptionRecord record{};
    record.userdata = userdata;
    record.tag = 0;
    record.id_or_fd = id;
    record.timeout = timeout;
    record.flags = flags;
    return record;
  }
  static SubscriptionRecord on_fd(uint64_t userdata, EventType type, uint32_t fd) {
    SubscriptionRecord record{};
    record.userdata = userdata;
    record.tag = static_cast<uint8_t>(type);
    record.id_or_fd = fd;
    return record;
  }
  // The events, or none if the call failed (see error_).
  template <class Record>
  std::vector<EventRecord> poll(std::initializer_list<Record> subscriptions) {
    const auto count = static_cast<uint32_t>(subscriptions.size());
    const uint32_t in = guest_.room(count * sizeof(Record));
    const uint32_t out = guest_.room(count * sizeof(EventRecord)), nevents = guest_.room(4);
    uint32_t at = in;
    for (const Record& record : subscriptions) {
      guest_.set(at, record);
      at += sizeof(Record);
    }
    error_ = guest_.call("poll_oneoff", in, out, count, nevents);
    std::vector<EventRecord> events;
    if (error_ != Errno::Success) return events;
    for (uint32_t i = 0; i < guest_.get<uint32_t>(nevents); ++i)
      events.push_back(guest_.get<EventRecord>(out + i * sizeof(EventRecord)));
    return events;
  }
  static uint64_t now(platform::Clock clock = platform::Clock::Monotonic) {
    return *platform::clock_now_ns(clock);
  }

  Errno error_ = Errno::Success;
};

TEST_F(PollTest, SleepsRelativeAndAbsolute) {
  for (uint32_t id : {0u, 1u}) {
    const uint64_t start = now();
    auto events = poll({clock(7, 3'000'000, id)});
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].userdata, 7u);
    EXPECT_EQ(events[0].error, 0);
    EXPECT_EQ(events[0].type, EventType::Clock);
    EXPECT_GE(now(), start + 2'900'000);
  }
  const uint64_t due = now() + 2'000'000;
  EXPECT_EQ(poll({clock(1, due, 1, kClockAbsolute)}).size(), 1u);
  EXPECT_GE(now(), due);
  const uint64_t wall = now(platform::Clock::Realtime) + 2'000'000;
  EXPECT_EQ(poll({clock(1, wall, 0, kClockAbsolute)}).size(), 1u);
  EXPECT_GE(now(platform::Clock::Realtime), wall);
  EXPECT_EQ(poll({clock(1, 0)}).size(), 1u);
  EXPECT_EQ(poll({clock(1, 1, 1, kClockAbsolute)}).size(), 1u);  // long past
}

TEST_F(PollTest, TheEarliestClockWins) {
  auto events = poll({clock(1, 3'600'000'000'000), clock(2, 1'000'000), clock(3, UINT64_MAX)});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 2u);
  events = poll({clock(1, 0), clock(2, 0, 0)});
  EXPECT_EQ(events.size(), 2u);
}

TEST_F(PollTest, DescriptorsThatAreReady) {
  temp_.write("file", "12345");
  const auto file = guest_.open("file", 0, Guest::kRead | Guest::kWrite);
  const auto events = poll({on_fd(1, EventType::FdRead, file.fd),
                            on_fd(2, EventType::FdWrite, file.fd), clock(3, 3'600'000'000'000)});
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].userdata, 1u);
  EXPECT_EQ(events[0].type, EventType::FdRead);
  EXPECT_EQ(events[0].nbytes, 5u);
  EXPECT_EQ(events[1].userdata, 2u);
  EXPECT_EQ(events[1].type, EventType::FdWrite);
  // Streams in memory.
  EXPECT_EQ(poll({on_fd(1, EventType::FdRead, 0), on_fd(2, EventType::FdWrite, 1)}).size(), 2u);
}

TEST_F(PollTest, ErrorsComeAsEventsAtOnce) {
  const auto events = poll({on_fd(1, EventType::FdRead, 99), on_fd(2, EventType::FdRead, 3),
                            on_fd(3, EventType::FdRead, 1), clock(4, 0, 2), clock(5, 0, 77),
                            clock(6, 3'600'000'000'000)});
  ASSERT_EQ(events.size(), 5u);
  const Errno expected[] = {Errno::Badf, Errno::Isdir, Errno::Badf, Errno::Notsup, Errno::Inval};
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(events[i].userdata, i + 1);
    EXPECT_EQ(static_cast<Errno>(events[i].error), expected[i]);
  }
}

TEST_F(PollTest, RefusesNonsense) {
  EXPECT_EQ(guest_.call("poll_oneoff", 64u, 64u, 0u, 64u), Errno::Inval);
  EXPECT_EQ(guest_.call("poll_oneoff", 64u, 64u, UINT32_MAX, 64u), Errno::Inval);
  EXPECT_EQ(guest_.call("poll_oneoff", guest_.size() - 10, 64u, 1u, 64u), Errno::Fault);
  EXPECT_EQ(guest_.call("poll_oneoff", 64u, guest_.size() - 10, 1u, 64u), Errno::Fault);
  EXPECT_EQ(guest_.call("poll_oneoff", 64u, 64u, 1u, guest_.size()), Errno::Fault);
  SubscriptionRecord bad = clock(1, 0);
  bad.tag = 3;
  poll({bad});
  EXPECT_EQ(error_, Errno::Inval);
}

TEST_F(PollTest, EventsMayOverwriteSubscriptions) {
  const uint32_t at = guest_.room(2 * sizeof(SubscriptionRecord)), nevents = guest_.room(4);
  guest_.set(at, clock(11, 0));
  guest_.set(at + static_cast<uint32_t>(sizeof(SubscriptionRecord)), clock(22, 0));
  ASSERT_EQ(guest_.call("poll_oneoff", at, at, 2u, nevents), Errno::Success);
  EXPECT_EQ(guest_.get<uint32_t>(nevents), 2u);
  EXPECT_EQ(guest_.get<EventRecord>(at + 32).userdata, 22u);
}

TEST_F(PollTest, TheOlderVersionsRecords) {
  guest_.set_abi(Abi::Unstable);
  SubscriptionRecordUnstable timer{}, reader{};
  timer.userdata = 5;
  timer.tag = 0;
  timer.identifier = 12345;
  timer.clock_id = 1;
  timer.timeout = 3'600'000'000'000;
  reader.userdata = 6;
  reader.tag = 1;
  reader.identifier = 0;  // the descriptor
  auto events = poll({timer, reader});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 6u);
  timer.timeout = 1000;
  events = poll({timer});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].userdata, 5u);
}

}  // namespace
}  // namespace skerry::wasi
