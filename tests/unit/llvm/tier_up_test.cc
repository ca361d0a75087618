// Changing tiers in the middle: every func and every loop is taken over as soon as it can be, and
// the thread waits for the better code, so that each test sees the same hand-overs every time.
#include "../runtime/fixture.h"

namespace skerry::runtime {
namespace {

class TierUpTest : public RuntimeTest {
 protected:
  void SetUp() override { use_tier_up({}); }

  void use_tier_up(EngineOptions options) {
    options.code.hot_after_calls = options.code.hot_after_rounds = 1;
    options.tier_up.make_compiler = [] {
      static const std::shared_ptr<const Compiler> kLlvm = llvm_tier::make_compiler();
      return Result<std::shared_ptr<const Compiler>>(kLlvm);
    };
    options.tier_up.in_place = true;
    use(options, {}, baseline::make_compiler());
  }
  int64_t i64(Instance& instance, std::string_view name, std::vector<Value> arguments = {}) {
    const auto results = invoke(instance, name, std::move(arguments));
    EXPECT_TRUE(results) << name;
    return results ? results->at(0).as_i64() : 0;
  }
  TierUp::Stats stats() { return engine->tier_up().stats(); }
};

TEST_F(TierUpTest, ALoopIsTakenOverWithAllItsLocals) {
  // More of each type than there are registers.
  Instance& instance = instantiate(R"((module
    (func (export "f") (param $n i32) (param $x f64) (param $k i64) (result i64)
      (local $i i32) (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $e i64)
      (local $f f32) (local $g f64) (local $v v128) (local $never i32)
      (local.set $f (f32.const 1.5)) (local.set $v (i64x2.splat (i64.const 7)))
      (loop $l
        (local.set $a (i64.add (local.get $a) (i64.const 1)))
        (local.set $b (i64.add (local.get $b) (local.get $a)))
        (local.set $c (i64.xor (local.get $c) (local.get $b)))
        (local.set $d (i64.add (local.get $d) (i64.mul (local.get $c) (local.get $k))))
        (local.set $e (i64.rotl (i64.add (local.get $e) (local.get $d)) (i64.const 3)))
        (local.set $f (f32.add (local.get $f) (f32.const 0.5)))
        (local.set $g (f64.add (local.get $g) (local.get $x)))
        (local.set $v (i64x2.add (local.get $v) (i64x2.splat (local.get $e))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
      (i64.add (i64.add (local.get $e) (i64x2.extract_lane 1 (local.get $v)))
        (i64.add (i64.trunc_f32_s (local.get $f)) (i64.trunc_f64_s (local.get $g)))))))");
  const std::vector<Value> arguments = {Value::i32(1000), Value::f64(2.25), Value::i64(-3)};
  const int64_t taken_over = i64(instance, "f", arguments);
  EXPECT_EQ(stats().loops, 1u);
  const int64_t whole = i64(instance, "f", arguments);
  EXPECT_EQ(taken_over, whole);
}

TEST_F(TierUpTest, OperandsBelowTheLoopAreTakenOver) {
  // A constant, a value in a slot and one of each type lie below; the loop has parameters.
  Instance& instance = instantiate(R"((module
    (func (export "f") (param $n i64) (result i64)
      (i64.const 1000000)
      (i64.mul (local.get $n) (i64.const 10))
      (f64.const 0.5)
      (f32.convert_i64_s (local.get $n))
      (i64.const 0)
      (local.get $n)
      (loop $l (param i64 i64) (result i64)
        (local.set $n)                                ;; what is left
        (i64.add (local.get $n))                      ;; the sum
        (i64.sub (local.get $n) (i64.const 1))
        (br_if $l (i64.gt_s (local.get $n) (i64.const 1)))
        (drop))
      (local.set $n)
      (i64.trunc_f32_s)
      (i64.add (local.get $n))
      (local.set $n)
      (i64.trunc_f64_s (f64.const 2) (f64.mul))
      (i64.add (local.get $n))
      (i64.add)
      (i64.add))))");
  // 1000000 + 10 n + 1 + n + n (n + 1) / 2
  const int64_t n = 50;
  EXPECT_EQ(i64(instance, "f", {Value::i64(n)}), 1'000'000 + 10 * n + 1 + n + n * (n + 1) / 2);
  EXPECT_EQ(stats().loops, 1u);
}

TEST_F(TierUpTest, LoopsAroundGoOn) {
  // Taken over in the innermost; a value below it is from outside, and the next round of the outer
  // loops makes it anew.
  Instance& instance = instantiate(R"((module
    (func (export "f") (param $n i32) (result i32) (local $i i32) (local $j i32) (local $k i32)
      (local $sum i32)
      (loop $outer
        (local.set $j (i32.const 0))
        (i32.mul (local.get $i) (i32.const 3))
        (loop $middle
          (local.set $k (i32.const 0))
          (i32.add (local.get $j) (i32.const 7))
          (loop $inner
            (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br_if $inner (i32.lt_s (local.get $k) (local.get $n))))
          (local.set $sum (i32.add (local.get $sum)))
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $middle (i32.lt_s (local.get $j) (local.get $n))))
        (local.set $sum (i32.add (local.get $sum)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $outer (i32.lt_s (local.get $i) (local.get $n))))
      (local.get $sum))))");
  const auto expected = [](int32_t n) {
    int32_t sum = 0;
    for (int32_t i = 0; i < n; ++i) {
      for (int32_t j = 0; j < n; ++j) sum += n + j + 7;
      sum += 3 * i;
    }
    return sum;
  };
  for (int32_t n : {1, 2, 3, 10, 40}) EXPECT_EQ(i32(instance, "f", {Value::i32(n)}), expected(n));
  EXPECT_GE(stats().loops, 1u);
}

// What Go's compiler makes: $pc chooses the block, jumps set it. Sums n, n-1, ... 1; called with 2
// it goes on behind the start.
constexpr std::string_view kDispatching = R"((module
  (global $sum (mut i32) (i32.const 0)) (global $left (mut i32) (i32.const 0))
  (func $work (param $pc i32) (result i32) (local $n i32)
    (block $out (loop $again
      (block $two (block $one (block $zero
        (br_table $zero $one $two (local.get $pc)))
        ;; 0: a fresh call
        (global.set $sum (i32.const 1000))
        (local.set $n (global.get $left))
        (i32.const 2) (local.set $pc) (br $again))
      ;; 1: nothing more to do
      (br $out))
      ;; 2: a round
      (if (i32.eqz (global.get $left)) (then (i32.const 1) (local.set $pc) (br $again)))
      (global.set $sum (i32.add (global.get $sum) (global.get $left)))
      (global.set $left (i32.sub (global.get $left) (i32.const 1)))
      (i32.const 2) (local.set $pc) (br $again)))
    (global.get $sum))
  (func (export "f") (param $pc i32) (param $n i32) (result i32)
    (global.set $left (local.get $n))
    (call $work (local.get $pc)))))";

TEST_F(TierUpTest, ADispatchLoopIsTakenOverAtABlock) {
  Instance& instance = instantiate(kDispatching);
  for (int round = 0; round < 3; ++round)
    EXPECT_EQ(i32(instance, "f", {Value::i32(0), Value::i32(100)}), 1000 + 5050) << round;
  EXPECT_GE(stats().loops, 1u);
  EXPECT_GE(stats().funcs, 1u);
}

TEST_F(TierUpTest, ACallThatResumesGoesToTheCodeThatTakesIt) {
  Instance& instance = instantiate(kDispatching);
  for (int round = 0; round < 4; ++round) {
    EXPECT_EQ(i32(instance, "f", {Value::i32(0), Value::i32(10)}), 1000 + 55) << round;
    EXPECT_EQ(i32(instance, "f", {Value::i32(2), Value::i32(10)}), 1000 + 2 * 55) << round;
    EXPECT_EQ(i32(instance, "f", {Value::i32(1), Value::i32(10)}), 1000 + 2 * 55) << round;
  }
}

TEST_F(TierUpTest, ATrapInALoopTakenOverHasOneFrameOfTheFunc) {
  Instance& instance = instantiate(R"((module
    (func $f (param $n i32) (result i32)
      (loop $l
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (drop (i32.div_s (i32.const 1) (local.get $n)))
        (br $l))
      (unreachable))
    (func (export "g") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))))");
  EXPECT_EQ(error(instance, "g", {Value::i32(100)}), ErrorCode::TrapIntegerDivideByZero);
  EXPECT_EQ(stats().loops, 1u);
  const auto& frames = store->backtrace().frames;
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].func, 0u);
  EXPECT_EQ(frames[1].func, 1u);
}

TEST_F(TierUpTest, ALoopTakenOverCanBeInterrupted) {
  Instance& instance = instantiate(R"((module (func (export "f") (local i32)
    (loop $l (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br $l)))))");
  store->set_interrupt_handler([&](Store&, InterruptReason) -> Result<void> {
    // Raised before the call, taken after the hand-over at the latest.
    return fail(ErrorCode::TrapInterrupted);
  });
  store->interrupt_handle().interrupt();
  EXPECT_EQ(error(instance, "f"), ErrorCode::TrapInterrupted);
}

TEST_F(TierUpTest, SeveralResultsAndAMovingMemory) {
  EngineOptions options;
  options.code.explicit_bounds = true;
  use_tier_up(options);
  Instance& instance = instantiate(R"((module (memory 1)
    (func (export "f") (param $n i32) (result i32 i64) (local $last i32)
      (loop $l
        (drop (memory.grow (i32.const 1)))
        (local.set $last (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))
        (i32.store (local.get $last) (local.get $n))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $l (local.get $n)))
      (i32.load (local.get $last)) (i64.extend_i32_u (memory.size)))))");
  const auto results = invoke(instance, "f", {Value::i32(30)});
  ASSERT_TRUE(results);
  EXPECT_EQ(results->at(0).as_i32(), 1);
  EXPECT_EQ(results->at(1).as_i64(), 31);
  EXPECT_EQ(stats().loops, 1u);
}

TEST_F(TierUpTest, FuelIsTheSameOnBothTiers) {
  std::vector<uint64_t> used[2];
  for (int tier_up = 0; tier_up < 2; ++tier_up) {
    EngineOptions options;
    options.code.fuel = true;
    tier_up ? use_tier_up(options) : use(options, {}, baseline::make_compiler());
    Instance& plain = instantiate(R"((module
      (func (export "f") (param i32)
        (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "g") (param $n i32) (local $x i32)
        (loop $l
          (if (i32.and (local.get $n) (i32.const 1))
            (then (local.set $x (i32.add (local.get $x) (i32.const 3))))
            (else (if (i32.eqz (i32.rem_u (local.get $n) (i32.const 5))) (then (nop)))))
          (local.set $x (select (i32.const 1) (local.get $x) (i32.gt_s (local.get $x) (i32.const 9))))
          (br_if $l (i32.eqz (i32.eqz (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))))"
                                  ")");
    const auto measure = [&](Instance& instance, const char* name, std::vector<Value> arguments) {
      store->set_fuel(1'000'000);
      ASSERT_TRUE(invoke(instance, name, std::move(arguments)));
      used[tier_up].push_back(1'000'000 - store->fuel_left());
    };
    measure(plain, "f", {Value::i32(1000)});
    measure(plain, "g", {Value::i32(100)});
    Instance& dispatching = instantiate(kDispatching);
    for (int call = 0; call < 3; ++call)
      measure(dispatching, "f", {Value::i32(0), Value::i32(100)});
  }
  EXPECT_GE(stats().loops, 3u);
  EXPECT_EQ(used[0], used[1]);
}

TEST_F(TierUpTest, WithoutABetterCompilerAllGoesOn) {
  EngineOptions options;
  options.code.hot_after_calls = options.code.hot_after_rounds = 1;
  options.tier_up.make_compiler = []() -> Result<std::shared_ptr<const Compiler>> {
    return fail(ErrorCode::CompilerLibraryMissing);
  };
  options.tier_up.in_place = true;
  use(options, {}, baseline::make_compiler());
  Instance& instance = instantiate(kDispatching);
  for (int round = 0; round < 3; ++round)
    EXPECT_EQ(i32(instance, "f", {Value::i32(0), Value::i32(100)}), 1000 + 5050);
  EXPECT_EQ(stats().funcs + stats().loops, 0u);
}

TEST_F(TierUpTest, ThreadsCompileWhileTheFuncRunsOn) {
  EngineOptions options;
  options.code.hot_after_calls = options.code.hot_after_rounds = 1;
  options.tier_up.make_compiler = [] {
    return Result<std::shared_ptr<const Compiler>>(llvm_tier::make_compiler());
  };
  options.tier_up.delay = std::chrono::milliseconds(0);
  use(options, {}, baseline::make_compiler());
  Instance& instance = instantiate(R"((module
    (func (export "f") (result i32) (local $i i32) (local $sum i32)
      (loop $l
        (local.set $sum (i32.add (local.get $sum) (local.get $i)))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                            (i32.const 1000))))
      (local.get $sum))))");
  for (int call = 0; stats().funcs == 0 || stats().loops == 0 || call < 100; ++call)
    ASSERT_EQ(i32(instance, "f"), 499'500);
}

}  // namespace
}  // namespace skerry::runtime
