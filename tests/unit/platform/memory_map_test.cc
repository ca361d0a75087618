// Reservations and commitment.
#include "platform/memory_map.h"

#include <gtest/gtest.h>

#include <cstring>

namespace skerry::platform {
namespace {

TEST(MemoryMap, ReservesFarMoreThanThereIs) {
  auto map = MemoryMap::reserve(uint64_t{12} << 30);
  ASSERT_TRUE(map);
  const uint64_t page = page_bytes();
  ASSERT_TRUE(map->commit(uint64_t{8} << 30, 2 * page));
  uint8_t* const at = map->base() + (uint64_t{8} << 30);
  EXPECT_EQ(at[2 * page - 1], 0);
  at[0] = 1;
  // Committing again keeps what is there.
  ASSERT_TRUE(map->commit(uint64_t{8} << 30, 3 * page));
  EXPECT_EQ(at[0], 1);
}

TEST(MemoryMap, ReservesWhereNothingIsAndNowhereElse) {
  const auto there = MemoryMap::reserve(64 << 10);
  ASSERT_TRUE(there);
  EXPECT_FALSE(MemoryMap::reserve_at(reinterpret_cast<uintptr_t>(there->base()), page_bytes()));
  // Where something was until now, far from its ends.
  const uintptr_t free = [] {
    const auto gone = MemoryMap::reserve(uint64_t{16} << 30);
    return reinterpret_cast<uintptr_t>(gone->base()) + (uint64_t{8} << 30);
  }() >> 16 << 16;
  const auto map = MemoryMap::reserve_at(free, 64 << 10);
  ASSERT_TRUE(map);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(map->base()), free);
}

TEST(MemoryMap, DecommittedPagesComeBackZero) {
  auto map = MemoryMap::reserve(4 * page_bytes());
  ASSERT_TRUE(map);
  ASSERT_TRUE(map->commit(0, 4 * page_bytes()));
  std::memset(map->base(), 7, 4 * page_bytes());
  ASSERT_TRUE(map->decommit(page_bytes(), page_bytes()));
  ASSERT_TRUE(map->commit(page_bytes(), page_bytes()));
  EXPECT_EQ(map->base()[page_bytes()], 0);
  EXPECT_EQ(map->base()[0], 7);
}

TEST(MemoryMap, MovesLeaveNothingBehind) {
  auto map = MemoryMap::reserve(page_bytes());
  ASSERT_TRUE(map);
  uint8_t* const base = map->base();
  MemoryMap other = std::move(*map);
  EXPECT_EQ(map->base(), nullptr);
  EXPECT_EQ(other.base(), base);
}

TEST(MemoryMap, TooMuchIsAnError) {
  const auto map = MemoryMap::reserve(uint64_t{1} << 60);
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().code, ErrorCode::OutOfMemory);
}

TEST(MemoryMapDeathTest, ReservedPagesFault) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto map = MemoryMap::reserve(page_bytes());
  ASSERT_TRUE(map);
  EXPECT_DEATH(*static_cast<volatile uint8_t*>(map->base()) = 1, "");
}

}  // namespace
}  // namespace skerry::platform
