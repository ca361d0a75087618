// Callees whose bodies stand in place of the call: results, state and backtraces are what calls
// give. Each case runs on the baseline compiler, which inlines nothing, and on this one. (That the
// calls are gone is code_test.cc's.)
#include "../runtime/fixture.h"

namespace skerry::runtime {
namespace {

struct Outcome {
  ErrorCode code = ErrorCode::InternalError;  // of a trap
  std::vector<uint64_t> results;
  std::vector<std::pair<uint32_t, uint32_t>> frames;  // func, module offset
  bool operator==(const Outcome&) const = default;
};

class InliningTest : public RuntimeTest {
 protected:
  // Calls "f", whose first parameter is where it begins, on either compiler.
  void expect_equal(const std::string& text, std::vector<int32_t> arguments, int32_t pc = 0) {
    const Outcome expected = run(text, arguments, pc, baseline::make_compiler());
    const Outcome outcome = run(text, arguments, pc, compiler_under_test());
    EXPECT_EQ(outcome.code, expected.code);
    EXPECT_EQ(outcome.results, expected.results);
    EXPECT_EQ(outcome.frames, expected.frames);
    last = expected;
  }

  EngineOptions options;
  Outcome last;

  // Of 0: an error.
  Func tenfold() {
    return host({{ValType::I32}, {ValType::I32}},
                [](Caller&, std::span<uint64_t> slots) -> Result<void> {
                  if (slots[0] == 0) return fail(ErrorCode::HostFunctionFailed);
                  slots[0] *= 10;
                  return {};
                });
  }

 private:
  Outcome run(const std::string& text, const std::vector<int32_t>& arguments, int32_t pc,
              std::shared_ptr<const Compiler> compiler) {
    use(options, StoreLimits{}, std::move(compiler));
    Instance& instance = instantiate(text, {tenfold()});
    std::vector<Value> values = {Value::i32(pc)};
    for (int32_t argument : arguments) values.push_back(Value::i32(argument));
    const auto results = invoke(instance, "f", values);
    Outcome outcome;
    if (results) {
      for (const Value& value : *results)
        outcome.results.push_back(static_cast<uint64_t>(value.as_i32()));
      return outcome;
    }
    outcome.code = results.error().code;
    for (const Frame& frame : store->backtrace().frames)
      outcome.frames.emplace_back(frame.func, frame.module_offset);
    return outcome;
  }
};

// A func "f" that can go on at its second block: first it stores `first`, then it adds `second`.
std::string module_with(const std::string& callees, const std::string& first,
                        const std::string& second = "(i32.const 0)") {
  return R"((module (import "host" "g" (func $host (param i32) (result i32)))
    (memory (export "memory") 1 4) (global $sp (mut i32) (i32.const 4096))
    )" + callees +
         R"(
    (func $f (export "f") (param $pc i32) (param $a i32) (param $b i32) (result i32)
      (local $sum i32)
      (loop $dispatch
        (block $b1 (block $b0
          (br_table $b0 $b1 (local.get $pc)))
          (local.set $sum )" +
         first + R"()
          (i32.const 1) (local.set $pc) (br $dispatch))
        (local.set $sum (i32.add (local.get $sum) )" +
         second + R"()))
      (local.get $sum))))";
}

TEST_F(InliningTest, ArgumentsAndResultsArePassed) {
  const std::string callees = R"(
    (func $sub (param $pc i32) (param $x i32) (param $y i32) (result i32)
      (i32.sub (local.get $x) (local.get $y))))";
  const std::string call = "(call $sub (i32.const 0) (local.get $a) (local.get $b))";
  expect_equal(module_with(callees, call, call), {50, 8});
  EXPECT_EQ(last.results, std::vector<uint64_t>{84});
  expect_equal(module_with(callees, call, call), {50, 8}, 1);
  EXPECT_EQ(last.results, std::vector<uint64_t>{42});
}

TEST_F(InliningTest, SeveralResultsAndEarlyReturns) {
  const std::string callees = R"(
    (func $pair (param $x i32) (result i32 i32)
      (if (i32.eqz (local.get $x)) (then (return (i32.const 3) (i32.const 5))))
      (block $out (result i32 i32)
        (br_if 1 (i32.const 7) (local.get $x) (i32.gt_s (local.get $x) (i32.const 9))))))";
  const std::string call = "(i32.sub (call $pair (local.get $a)))";
  for (int32_t a : {0, 4, 20}) expect_equal(module_with(callees, call), {a, 0});
}

TEST_F(InliningTest, LocalsAreZeroInEachRound) {
  const std::string callees = R"(
    (func $count (param $x i32) (result i32) (local $n i32)
      (local.set $n (i32.add (local.get $n) (local.get $x))) (local.get $n)))";
  const std::string loop = R"((block (result i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (call $count (i32.const 3))))
      (br_if $l (local.tee $a (i32.sub (local.get $a) (i32.const 1)))))
    (local.get $sum)))";
  expect_equal(module_with(callees, loop), {5, 0});
  EXPECT_EQ(last.results, std::vector<uint64_t>{15});
}

TEST_F(InliningTest, ATrapInACalleeHasBothFrames) {
  const std::string callees = R"(
    (func $divide (param $x i32) (param $y i32) (result i32)
      (i32.div_s (local.get $x) (local.get $y)))
    (func $load (param $x i32) (result i32) (i32.load (local.get $x))))";
  const std::string divide = "(call $divide (local.get $a) (local.get $b))";
  expect_equal(module_with(callees, divide), {50, 0});
  EXPECT_EQ(last.code, ErrorCode::TrapIntegerDivideByZero);
  EXPECT_EQ(last.frames.size(), 2u);
  expect_equal(module_with(callees, divide, divide), {50, 0}, 1);
  const std::string load = "(call $load (local.get $a))";
  expect_equal(module_with(callees, load), {65533, 0});
  EXPECT_EQ(last.code, ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(last.frames.size(), 2u);
}

TEST_F(InliningTest, ACalleeThatNeverReturns) {
  const std::string callees = R"((func $stop (param $x i32) (result i32) (unreachable)))";
  const std::string call = R"((if (result i32) (local.get $a)
    (then (call $stop (i32.const 0))) (else (i32.const 6))))";
  expect_equal(module_with(callees, call), {1, 0});
  EXPECT_EQ(last.frames.size(), 2u);
  expect_equal(module_with(callees, call), {0, 0});
  EXPECT_EQ(last.results, std::vector<uint64_t>{6});
}

TEST_F(InliningTest, CallsInACalleeAreCalls) {
  const std::string callees = R"(
    (func $far (param $x i32) (result i32) (i32.add (call $host (local.get $x)) (i32.const 1)))
    (func $twice (param $x i32) (result i32) (i32.mul (call $far (local.get $x)) (i32.const 2))))";
  const std::string call = "(call $twice (local.get $a))";
  expect_equal(module_with(callees, call), {4, 0});
  EXPECT_EQ(last.results, std::vector<uint64_t>{82});
  expect_equal(module_with(callees, call), {0, 0});
  EXPECT_EQ(last.code, ErrorCode::HostFunctionFailed);
  EXPECT_EQ(last.frames.size(), 3u);
}

TEST_F(InliningTest, ACalleeMovesTheMemory) {
  options.code.explicit_bounds = true;
  const std::string callees = R"(
    (func $grow (result i32) (drop (memory.grow (i32.const 2))) (i32.load (i32.const 64))))";
  const std::string first =
      "(block (result i32) (i32.store (i32.const 64) (i32.const 9)) (i32.add (call $grow) "
      "(i32.load "
      "(i32.const 64))))";
  expect_equal(module_with(callees, first, "(i32.load (i32.const 130000))"), {0, 0});
  EXPECT_EQ(last.results, std::vector<uint64_t>{18});
}

TEST_F(InliningTest, ACalleeThatCanGoOnBeginsAtItsStart) {
  // The callee's own dispatch is resolved; an entry that is not known stays a call.
  const std::string callees = R"(
    (func $steps (param $pc i32) (result i32) (local $n i32)
      (loop $d (block $b1 (block $b0 (br_table $b0 $b1 (local.get $pc)))
        (local.set $n (i32.const 40)) (i32.const 1) (local.set $pc) (br $d))
        (local.set $n (i32.add (local.get $n) (i32.const 2))))
      (local.get $n)))";
  expect_equal(module_with(callees, "(call $steps (i32.const 0))", "(call $steps (local.get $a))"),
               {1, 0});
  EXPECT_EQ(last.results, std::vector<uint64_t>{44});
}

TEST_F(InliningTest, ACalleeThatThisTierLeavesToOthers) {
  const std::string callees = R"((func $relaxed (param $x i32) (result i32)
    (i32x4.extract_lane 0 (i8x16.relaxed_swizzle (i32x4.splat (local.get $x)) (v128.const i64x2 0 0)))))";
  expect_equal(module_with(callees, "(call $relaxed (local.get $a))", "(i32.const 2)"), {4, 0});
  expect_equal(module_with(callees, "(call $relaxed (local.get $a))", "(i32.const 2)"), {4, 0}, 1);
  EXPECT_EQ(last.results, std::vector<uint64_t>{2});
  const std::string boxed =
      "(func $box (param $x i32) (result i32) (i31.get_u (ref.i31 (local.get $x))))";
  expect_equal(module_with(boxed, "(call $box (local.get $a))", "(i32.const 2)"), {4, 0});
}

TEST_F(InliningTest, FuelIsChargedAsForCalls) {
  options.code.fuel = true;
  const std::string callees = R"((func $id (param $x i32) (result i32)
    (if (result i32) (local.get $x) (then (local.get $x)) (else (i32.const 1)))))";
  const std::string call = "(call $id (local.get $a))";
  uint64_t left[2];
  int run = 0;
  for (const auto& compiler :
       {std::shared_ptr<const Compiler>(baseline::make_compiler()), compiler_under_test()}) {
    use(options, StoreLimits{}, compiler);
    store->set_fuel(1000);
    Instance& instance = instantiate(module_with(callees, call, call), {tenfold()});
    EXPECT_EQ(i32(instance, "f", {Value::i32(0), Value::i32(5), Value::i32(0)}), 10);
    left[run++] = store->fuel_left();
  }
  EXPECT_EQ(left[0], left[1]);
}

}  // namespace
}  // namespace skerry::runtime
