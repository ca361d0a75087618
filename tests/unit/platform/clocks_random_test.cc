// Clocks and random bytes: properties that hold on every machine.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "platform/clocks.h"
#include "platform/random.h"

namespace skerry::platform {
namespace {

TEST(Clocks, NeverGoBack) {
  for (Clock clock : {Clock::Monotonic, Clock::ProcessCpuTime, Clock::ThreadCpuTime}) {
    uint64_t last = *clock_now_ns(clock);
    for (int i = 0; i < 1000; ++i) {
      const uint64_t now = *clock_now_ns(clock);
      EXPECT_GE(now, last);
      last = now;
    }
  }
}

TEST(Clocks, HaveAResolution) {
  for (Clock clock :
       {Clock::Realtime, Clock::Monotonic, Clock::ProcessCpuTime, Clock::ThreadCpuTime}) {
    EXPECT_GT(*clock_resolution_ns(clock), 0u);
    EXPECT_LE(*clock_resolution_ns(clock), 1'000'000'000u);
  }
}

TEST(Clocks, RealtimeCountsFrom1970) {
  EXPECT_GT(*clock_now_ns(Clock::Realtime), uint64_t{1'700'000'000} * 1'000'000'000);
}

TEST(Random, FillsAllOfIt) {
  EXPECT_TRUE(fill_random({}));
  std::set<std::vector<uint8_t>> seen;
  for (int i = 0; i < 16; ++i) {
    std::vector<uint8_t> bytes(64);
    ASSERT_TRUE(fill_random(bytes));
    EXPECT_TRUE(seen.insert(bytes).second);
  }
  std::vector<uint8_t> large(1 << 20);
  ASSERT_TRUE(fill_random(large));
  std::set<uint8_t> values(large.end() - 65536, large.end());
  EXPECT_EQ(values.size(), 256u);
}

}  // namespace
}  // namespace skerry::platform
