// Reservations, commitment and sealed code pages.
#include "platform/memory_map.h"

#include <gtest/gtest.h>

#include <cstring>

#include "platform/code_pages.h"

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

// mov eax, imm32; ret
std::vector<uint8_t> returning(uint8_t value) { return {0xb8, value, 0, 0, 0, 0xc3}; }

TEST(CodePages, SealedCodeRunsAndFollowsOneAnother) {
  auto pages = CodePages::reserve(1 << 20);
  ASSERT_TRUE(pages);
  const uint8_t* last = pages->begin();
  for (uint8_t i = 1; i < 100; ++i) {
    const auto code = returning(i);
    auto open = pages->open(code.size());
    ASSERT_TRUE(open);
    EXPECT_GE(open->data(), last);
    std::memcpy(open->data(), code.data(), code.size());
    ASSERT_TRUE(pages->seal());
    last = open->data() + open->size();
    EXPECT_EQ(reinterpret_cast<int (*)()>(open->data())(), i);
  }
  EXPECT_EQ(pages->room_bytes(), static_cast<uint64_t>(pages->end() - last));
  // Earlier code is still in place.
  EXPECT_EQ(reinterpret_cast<int (*)()>(const_cast<uint8_t*>(pages->begin()))(), 1);
}

TEST(CodePages, CanBeFilledToTheEnd) {
  auto pages = CodePages::reserve(4 * page_bytes());
  ASSERT_TRUE(pages);
  ASSERT_TRUE(pages->open(3 * page_bytes()));
  ASSERT_TRUE(pages->seal());
  EXPECT_EQ(pages->room_bytes(), page_bytes());
  ASSERT_TRUE(pages->open(page_bytes()));
  ASSERT_TRUE(pages->seal());
  EXPECT_EQ(pages->room_bytes(), 0u);
}

TEST(CodePagesDeathTest, SealedPagesCannotBeWritten) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto pages = CodePages::reserve(page_bytes());
  ASSERT_TRUE(pages);
  auto open = pages->open(1);
  ASSERT_TRUE(open);
  (*open)[0] = 0xc3;
  ASSERT_TRUE(pages->seal());
  EXPECT_DEATH(*static_cast<volatile uint8_t*>(open->data()) = 1, "");
}

TEST(CodePagesDeathTest, OpenPagesCannotBeRun) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto pages = CodePages::reserve(page_bytes());
  ASSERT_TRUE(pages);
  auto open = pages->open(1);
  ASSERT_TRUE(open);
  (*open)[0] = 0xc3;
  EXPECT_DEATH(reinterpret_cast<void (*)()>(open->data())(), "");
}

}  // namespace
}  // namespace skerry::platform
