// Stacks in blocks: their bounds, that places are used again, emptied, and by whom.
#include "platform/stack_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

#include "platform/memory_map.h"
#include "platform/threads.h"

namespace skerry::platform {
namespace {

constexpr uint64_t kBytes = 64 << 10;

bool is_zero(const SwitchableStack& stack) {
  const auto* bytes = reinterpret_cast<const char*>(stack.low());
  for (uintptr_t i = 0; i < stack.high() - stack.low(); ++i)
    if (bytes[i] != 0) return false;
  return true;
}
void fill(const SwitchableStack& stack) {
  std::memset(reinterpret_cast<void*>(stack.low()), 0xab, stack.high() - stack.low());
}

TEST(StackMemory, HasTheBytesAskedForAndRoomAbove) {
  const auto stack = SwitchableStack::create(kBytes);
  ASSERT_TRUE(stack);
  const auto top = reinterpret_cast<uintptr_t>(stack->top());
  EXPECT_GE(top - stack->low(), kBytes);
  EXPECT_GT(stack->high(), top);
  EXPECT_EQ(top % 16, 0u);
  EXPECT_EQ(stack->low() % page_bytes(), 0u);
}

TEST(StackMemory, StacksLieApart) {
  std::vector<SwitchableStack> stacks;
  for (int i = 0; i < 40; ++i) {
    auto stack = SwitchableStack::create(kBytes * (1 + i % 2));
    ASSERT_TRUE(stack);
    stacks.push_back(std::move(*stack));
  }
  std::set<std::pair<uintptr_t, uintptr_t>> places;
  for (const SwitchableStack& stack : stacks) places.emplace(stack.low(), stack.high());
  uintptr_t end = 0;
  for (const auto& [low, high] : places) {
    EXPECT_GE(low, end + page_bytes());  // what faults
    end = high;
  }
  for (const SwitchableStack& stack : stacks) fill(stack);
}

TEST(StackMemory, PlacesAreEmptiedAndUsedAgain) {
  // Another stack of the block keeps it there.
  const auto other = SwitchableStack::create(kBytes);
  uintptr_t place = 0;
  for (int i = 0; i < 40; ++i) {
    const auto stack = SwitchableStack::create(kBytes);
    ASSERT_TRUE(stack);
    EXPECT_TRUE(is_zero(*stack));
    if (i != 0) {
      EXPECT_EQ(stack->low(), place);
    }
    place = stack->low();
    fill(*stack);
  }
}

TEST(StackMemory, WhatIsTooLargeIsRefused) {
  for (int bits = 48; bits < 64; ++bits)
    EXPECT_FALSE(SwitchableStack::create(uint64_t{1} << bits)) << bits;
  EXPECT_FALSE(SwitchableStack::create(UINT64_MAX));
}

TEST(StackMemoryDeath, BelowIsNothing) {
  const auto stack = SwitchableStack::create(kBytes);
  EXPECT_DEATH(*reinterpret_cast<volatile char*>(stack->low() - 1) = 1, "");
}

TEST(StackMemory, ComesAndGoesOnManyThreads) {
  std::vector<Thread> threads;
  for (int i = 0; i < 4; ++i) {
    auto thread = Thread::start([] {
      std::vector<SwitchableStack> stacks;
      for (int round = 0; round < 200; ++round) {
        auto stack = SwitchableStack::create(kBytes);
        ASSERT_TRUE(stack);
        *reinterpret_cast<char*>(stack->low()) = 1;
        stacks.push_back(std::move(*stack));
        if (stacks.size() == 20) stacks.clear();
      }
    });
    ASSERT_TRUE(thread);
    threads.push_back(std::move(*thread));
  }
  for (Thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace skerry::platform
