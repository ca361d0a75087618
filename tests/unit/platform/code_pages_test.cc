// Machine code in place: it runs, stays, and cannot be written, whichever way it came there.
#include "platform/code_pages.h"

#include <gtest/gtest.h>

#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "platform/memory_map.h"

namespace skerry::platform {
namespace {

// mov eax, imm32; ret
std::vector<uint8_t> returning(uint8_t value) { return {0xb8, value, 0, 0, 0, 0xc3}; }

int run(const uint8_t* code) { return reinterpret_cast<int (*)()>(const_cast<uint8_t*>(code))(); }

class CodePagesTest : public testing::TestWithParam<CodeMemory> {};
using CodePagesDeathTest = CodePagesTest;

INSTANTIATE_TEST_SUITE_P(, CodePagesTest, testing::Values(CodeMemory::File, CodeMemory::Private),
                         [](const auto& info) {
                           return info.param == CodeMemory::File ? "File" : "Private";
                         });
INSTANTIATE_TEST_SUITE_P(, CodePagesDeathTest,
                         testing::Values(CodeMemory::File, CodeMemory::Private),
                         [](const auto& info) {
                           return info.param == CodeMemory::File ? "File" : "Private";
                         });

TEST_P(CodePagesTest, CodeRunsAndFollowsOneAnother) {
  auto pages = CodePages::reserve(1 << 20, GetParam());
  ASSERT_TRUE(pages);
  std::vector<const uint8_t*> places;
  for (uint8_t i = 0; i < 100; ++i) {
    const auto place = pages->append(returning(i));
    ASSERT_TRUE(place);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(*place) % CodePages::kCodeAlignment, 0u);
    if (!places.empty()) {
      EXPECT_GT(*place, places.back());
    }
    EXPECT_EQ(run(*place), i);
    // Nothing falls through to what comes next.
    EXPECT_EQ((*place)[6], 0xcc);
    places.push_back(*place);
  }
  // Earlier code is still in place.
  for (uint8_t i = 0; i < 100; ++i) EXPECT_EQ(run(places[i]), i);
}

TEST_P(CodePagesTest, WholePagesFollowDirectlyUntilAllIsFull) {
  auto pages = CodePages::reserve(4 * page_bytes(), GetParam());
  ASSERT_TRUE(pages);
  EXPECT_EQ(pages->append(std::vector<uint8_t>(3 * page_bytes(), 0xc3)), pages->begin());
  EXPECT_EQ(pages->room_bytes(), page_bytes());
  EXPECT_EQ(pages->append(std::vector<uint8_t>(page_bytes(), 0xc3)),
            pages->begin() + 3 * page_bytes());
  EXPECT_EQ(pages->room_bytes(), 0u);
}

TEST_P(CodePagesDeathTest, CodeCannotBeWritten) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto pages = CodePages::reserve(page_bytes(), GetParam());
  ASSERT_TRUE(pages);
  const auto place = pages->append(std::vector<uint8_t>{0xc3});
  ASSERT_TRUE(place);
  EXPECT_DEATH(*const_cast<volatile uint8_t*>(*place) = 1, "");
}

#ifndef _WIN32
// Both go on after a fork, and neither sees the other's code in its own place.
TEST_P(CodePagesTest, AForkedProcessHasItsOwn) {
  auto pages = CodePages::reserve(page_bytes() * 4, GetParam());
  ASSERT_TRUE(pages);
  const uint8_t* const before = *pages->append(returning(1));
  const auto add_and_check = [&](uint8_t value) {
    const auto place = pages->append(returning(value));
    return place && run(before) == 1 && run(*place) == value;
  };
  int turn[2];  // the child tells that it has written
  ASSERT_EQ(pipe(turn), 0);
  const pid_t child = fork();
  if (child == 0) {
    bool good = add_and_check(2) && write(turn[1], "x", 1) == 1;
    good = good && add_and_check(3);
    _exit(good ? 0 : 1);
  }
  char told;
  ASSERT_EQ(read(turn[0], &told, 1), 1);
  EXPECT_TRUE(add_and_check(4));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(add_and_check(5));
  close(turn[0]);
  close(turn[1]);
}
#endif

TEST(CodePages, LieNearWhatTheyAreToldTo) {
  const auto segment = [](const void* at) { return reinterpret_cast<uintptr_t>(at) >> 32; };
  const auto near_us = CodePages::reserve(page_bytes());
  ASSERT_TRUE(near_us);
  EXPECT_EQ(segment(near_us->begin()), segment(reinterpret_cast<const void*>(&place_code_near)));
  // Somewhere that nothing is any more.
  const void* const elsewhere =
      MemoryMap::reserve(uint64_t{16} << 30)->base() + (uint64_t{8} << 30);
  place_code_near(elsewhere);
  const auto near_that = CodePages::reserve(page_bytes());
  place_code_near(reinterpret_cast<const void*>(&place_code_near));
  ASSERT_TRUE(near_that);
  EXPECT_EQ(segment(near_that->begin()), segment(elsewhere));
  // There is no room for so much: it is somewhere.
  EXPECT_TRUE(CodePages::reserve(uint64_t{8} << 30));
}

}  // namespace
}  // namespace skerry::platform
