// How much is spent on a func: giants of any kind get passes that stay linear.
#include <gtest/gtest.h>

#include "llvm/pipeline.h"

namespace skerry::llvm_tier {
namespace {

// Somewhat large, but nothing that takes long.
constexpr FuncShape kLarge{
    .body_bytes = 60'000, .loops = 300, .blocks = 4000, .largest_block_instrs = 20'000};

Effort effort_of(FuncShape shape) { return effort_for(Optimization::O2, shape); }

TEST(Effort, IsFullForWhatIsNotTooLarge) {
  EXPECT_EQ(effort_of({}), Effort::Full);
  EXPECT_EQ(effort_of(kLarge), Effort::Full);
}

TEST(Effort, IsReducedWithTheSizeOfTheBody) {
  FuncShape shape = kLarge;
  shape.body_bytes = 100'000;
  EXPECT_EQ(effort_of(shape), Effort::Reduced);
  shape.body_bytes = 2'000'000;
  EXPECT_EQ(effort_of(shape), Effort::Least);
}

TEST(Effort, IsLeastForManyBlocks) {
  FuncShape shape = kLarge;
  shape.blocks = 12'000;
  EXPECT_EQ(effort_of(shape), Effort::Least);
}

TEST(Effort, IsLeastForManyLoopsAmongManyBlocks) {
  FuncShape shape = kLarge;
  shape.loops = 1500;
  EXPECT_EQ(effort_of(shape), Effort::Least);
}

TEST(Effort, IsLeastForOneVeryLongBlock) {
  FuncShape shape = kLarge;
  shape.largest_block_instrs = 60'000;
  EXPECT_EQ(effort_of(shape), Effort::Least);
}

TEST(Effort, FollowsTheLevelAskedFor) {
  EXPECT_EQ(effort_for(Optimization::O0, {}), Effort::Least);
  EXPECT_EQ(effort_for(Optimization::O1, {}), Effort::Reduced);
  FuncShape shape = kLarge;
  shape.blocks = 12'000;
  EXPECT_NE(effort_for(Optimization::O3, shape), Effort::Least);
}

}  // namespace
}  // namespace skerry::llvm_tier
