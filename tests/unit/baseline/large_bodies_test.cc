// Bodies of a size that punishes anything worse than linear work or recursion on nesting: each
// compiles, and runs to the right result. (That they do so without a cliff is bench/'s business.)
#include <gtest/gtest.h>

#include <string>

#include "baseline/x64/cpu.h"
#include "compiled_module.h"

namespace skerry::test {
namespace {

std::string repeated(std::string_view text, int count) {
  std::string result;
  result.reserve(text.size() * static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

uint32_t run(const std::string& body, uint32_t argument) {
  CompiledModule module("(module (func (param i32) (result i32) " + body + "))",
                        baseline::x64::detect_cpu());
  uint64_t values[] = {argument};
  EXPECT_EQ(module.run(0, values), TrapCode::None);
  return static_cast<uint32_t>(values[0]);
}

constexpr int kNesting = 50'000;
constexpr int kTargets = 20'000;

TEST(LargeBodies, TwoMegabytesOfStraightCode) {
  // Seven bytes a round.
  const int rounds = 300'000;
  uint32_t expected = 5;
  for (int i = 0; i < rounds; ++i) expected = (expected + 7) * 3;
  EXPECT_EQ(run("local.get 0 " + repeated("i32.const 7 i32.add i32.const 3 i32.mul ", rounds), 5),
            expected);
}

TEST(LargeBodies, TableOfManyTargets) {
  std::string body = repeated("block ", kTargets) + "local.get 0 br_table";
  for (int i = 0; i < kTargets; ++i) body += " " + std::to_string(i);
  // Behind the end of each block the argument grows by one.
  body +=
      " " + repeated("end local.get 0 i32.const 1 i32.add local.set 0 ", kTargets) + "local.get 0";
  EXPECT_EQ(run(body, 0), static_cast<uint32_t>(kTargets));
  EXPECT_EQ(run(body, kTargets - 1), static_cast<uint32_t>(kTargets));
}

TEST(LargeBodies, DeepBlocks) {
  const std::string body = repeated("block ", kNesting) + "local.get 0 br_if " +
                           std::to_string(kNesting - 1) + " " + repeated("end ", kNesting) +
                           "local.get 0";
  EXPECT_EQ(run(body, 3), 3u);
}

TEST(LargeBodies, DeepLoops) {
  EXPECT_EQ(run(repeated("loop ", kNesting) + repeated("end ", kNesting) + "local.get 0", 4), 4u);
}

TEST(LargeBodies, DeepIfs) {
  EXPECT_EQ(
      run(repeated("local.get 0 if ", kNesting) + repeated("end ", kNesting) + "local.get 0", 1),
      1u);
}

TEST(LargeBodies, DispatchLoopOfManyBlocks) {
  // Block i jumps to block i + 1 through the loop.
  std::string body =
      "(local $pc i32) loop $loop " + repeated("block ", kTargets) + "local.get $pc br_table";
  for (int i = 0; i < kTargets; ++i) body += " " + std::to_string(i);
  for (int i = 0; i + 1 < kTargets; ++i)
    body += " end i32.const " + std::to_string(i + 1) + " local.set $pc br $loop";
  body += " end local.get 0 return end unreachable";
  EXPECT_EQ(run(body, 42), 42u);
}

TEST(LargeBodies, DeepOperandStack) {
  const int depth = 30'000;
  EXPECT_EQ(run(repeated("local.get 0 ", depth) + repeated("i32.add ", depth - 1), 2), 2u * depth);
}

}  // namespace
}  // namespace skerry::test
