// Conditional branches that carry results: where they are not taken, every operand is still there,
// also those below the results.
#include "fixture.h"

namespace skerry::runtime {
namespace {

// Calls make operands that are no constants. $skip decides: 0 goes on, 1 branches.
constexpr const char* kBranches = R"((module
  (func $a (result i32) i32.const 1)
  (func $b (result i32) i32.const 20)
  (func $c (result i32) i32.const 300)
  (elem declare func $a)
  (func $maybe_null (param $null i32) (result funcref)
    (select (result funcref) (ref.null func) (ref.func $a) (local.get $null)))
  ;; On: 1 20 300, as digits from the top. Branched: the upper two.
  (func $digits (param i32 i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 1000000))
      (i32.add (i32.mul (local.get 1) (i32.const 1000)) (local.get 2))))

  (func (export "br_if") (param $skip i32) (result i32)
    (block $out (result i32 i32)
      (call $a) (call $b) (call $c)
      (br_if $out (local.get $skip))
      (return (call $digits)))
    (i32.sub))

  (func (export "br_if_loop") (param $skip i32) (result i32)
    (call $c)
    (loop $again (param i32) (result i32)
      (call $a) (call $b)
      (local.get $skip)
      (local.set $skip (i32.const 0))
      (br_if $again)
      (call $digits)))

  (func (export "br_if_func") (param $skip i32) (result i32 i32)
    (call $a) (call $b) (call $c)
    (br_if 0 (local.get $skip))
    (call $digits) (i32.const 0))

  (func (export "br_on_null") (param $skip i32) (result i32)
    (block $out (result i32 i32)
      (call $a) (call $b) (call $c)
      (br_on_null $out (call $maybe_null (local.get $skip)))
      drop
      (return (call $digits)))
    (i32.sub))

  (func (export "br_on_non_null") (param $skip i32) (result i32)
    (block $out (result i32 i32 (ref func))
      (call $a) (call $b) (call $c)
      (br_on_non_null $out (call $maybe_null (i32.eqz (local.get $skip))))
      (return (call $digits)))
    drop
    (i32.sub))

  ;; Comparisons consumed by the branch, and more operands than registers.
  (func (export "many") (param $skip i32) (result i32)
    (block $out (result i32 i32)
      (call $a) (call $b) (call $c)
      (i32.add (local.get $skip) (i32.const 5))
      (i32.mul (local.get $skip) (i32.const 7))
      (i32.sub (local.get $skip) (i32.const 1))
      (br_if $out (i32.gt_s (local.get $skip) (i32.const 0)))
      i32.add i32.add                               ;; 5 + 0 - 1
      i32.add                                       ;; 304
      (return (call $digits)))
    (i32.sub))))";

class BranchTest : public RuntimeTest {
 protected:
  int32_t run(std::string_view name, int32_t skip) {
    return i32(*instance_, name, {Value::i32(skip)});
  }
  void SetUp() override {
    RuntimeTest::SetUp();
    instance_ = &instantiate(kBranches);
  }
  Instance* instance_ = nullptr;
};

TEST_F(BranchTest, NotTakenKeepsEveryOperand) {
  EXPECT_EQ(run("br_if", 0), 1'020'300);
  EXPECT_EQ(run("br_if_loop", 0), 300'001'020);
  EXPECT_EQ(run("br_on_null", 0), 1'020'300);
  EXPECT_EQ(run("br_on_non_null", 0), 1'020'300);
  EXPECT_EQ(run("many", 0), 1'020'304);
  const auto results = invoke(*instance_, "br_if_func", {Value::i32(0)});
  ASSERT_TRUE(results);
  EXPECT_EQ(results->at(0).as_i32(), 1'020'300);
}

TEST_F(BranchTest, TakenBringsTheUpperOnes) {
  EXPECT_EQ(run("br_if", 1), 20 - 300);
  EXPECT_EQ(run("br_if_loop", 1), 20'001'020);
  EXPECT_EQ(run("br_on_null", 1), 20 - 300);
  EXPECT_EQ(run("br_on_non_null", 1), 20 - 300);
  EXPECT_EQ(run("many", 1), 7 - 0);
  const auto results = invoke(*instance_, "br_if_func", {Value::i32(1)});
  ASSERT_TRUE(results);
  EXPECT_EQ(results->at(0).as_i32(), 20);
  EXPECT_EQ(results->at(1).as_i32(), 300);
}

}  // namespace
}  // namespace skerry::runtime
