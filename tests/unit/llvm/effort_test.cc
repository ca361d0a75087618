// How much is spent on a func: giants of any kind are left to the baseline compiler.
#include <gtest/gtest.h>

#include "llvm/pipeline.h"

namespace skerry::llvm_tier {
namespace {

// Somewhat large, but nothing that takes long.
constexpr FuncShape kLarge{
    .body_bytes = 60'000, .loops = 300, .blocks = 4000, .largest_block_instrs = 20'000};

std::optional<Effort> effort_of(FuncShape shape) { return effort_for(Optimization::O2, shape); }

TEST(Effort, IsFullForWhatIsNotTooLarge) {
  EXPECT_EQ(effort_of({}), Effort::Full);
  EXPECT_EQ(effort_of(kLarge), Effort::Full);
}

TEST(Effort, IsReducedWithTheSizeOfTheBody) {
  FuncShape shape = kLarge;
  shape.body_bytes = 100'000;
  EXPECT_EQ(effort_of(shape), Effort::Reduced);
  shape.body_bytes = 2'000'000;
  EXPECT_EQ(effort_of(shape), std::nullopt);
}

TEST(Effort, LeavesManyBlocksToOthers) {
  FuncShape shape = kLarge;
  shape.blocks = 12'000;
  EXPECT_EQ(effort_of(shape), std::nullopt);
}

TEST(Effort, LeavesManyLoopsAmongManyBlocksToOthers) {
  FuncShape shape = kLarge;
  shape.loops = 1500;
  EXPECT_EQ(effort_of(shape), std::nullopt);
}

TEST(Effort, LeavesAVeryLongBlockToOthers) {
  FuncShape shape = kLarge;
  shape.largest_block_instrs = 60'000;
  EXPECT_EQ(effort_of(shape), std::nullopt);
}

TEST(Effort, FollowsTheLevelAskedFor) {
  EXPECT_EQ(effort_for(Optimization::O0, {}), std::nullopt);
  EXPECT_EQ(effort_for(Optimization::O1, {}), Effort::Reduced);
  FuncShape shape = kLarge;
  shape.blocks = 12'000;
  EXPECT_NE(effort_for(Optimization::O3, shape), std::nullopt);
}

}  // namespace
}  // namespace skerry::llvm_tier
