// Calls in both directions: values of every type, errors of host functions, nesting.
#include <limits>

#include "fixture.h"

namespace skerry::runtime {
namespace {

using CallTest = RuntimeTest;

TEST_F(CallTest, PassesEveryNumberType) {
  Instance& instance = instantiate(R"((module
    (func (export "i32") (param i32 i32) (result i32) local.get 0 local.get 1 i32.sub)
    (func (export "i64") (param i64) (result i64) local.get 0 i64.const 1 i64.add)
    (func (export "f32") (param f32) (result f32) local.get 0 f32.const 0.5 f32.mul)
    (func (export "f64") (param f64 f64) (result f64) local.get 0 local.get 1 f64.add)))");
  EXPECT_EQ(i32(instance, "i32", {Value::i32(5), Value::i32(7)}), -2);
  EXPECT_EQ(invoke(instance, "i64", {Value::i64(41)})->at(0).as_i64(), 42);
  EXPECT_EQ(invoke(instance, "f32", {Value::f32(3)})->at(0).as_f32(), 1.5f);
  EXPECT_EQ(invoke(instance, "f64", {Value::f64(1), Value::f64(2)})->at(0).as_f64(), 3.0);
}

TEST_F(CallTest, PassesManyParametersAndResults) {
  std::string params, gets, results;
  std::vector<Value> arguments;
  for (int i = 0; i < 20; ++i) {
    params += i % 2 ? " i64" : " f64";
    gets += " local.get " + std::to_string(19 - i);
    results += i % 2 ? " f64" : " i64";
    arguments.push_back(i % 2 ? Value::i64(i) : Value::f64(i));
  }
  Instance& instance = instantiate("(module (func (export \"f\") (param" + params + ") (result" +
                                   results + ")" + gets + "))");
  const auto values = invoke(instance, "f", arguments);
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 20u);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ((*values)[i].low, arguments[19 - i].low) << i;
}

TEST_F(CallTest, ChecksArguments) {
  Instance& instance = instantiate(R"((module (func (export "f") (param i32 funcref))))");
  EXPECT_EQ(error(instance, "f"), ErrorCode::ArgumentMismatch);
  EXPECT_EQ(error(instance, "f", {Value::i64(1), Value::null(HeapType::Func)}),
            ErrorCode::ArgumentMismatch);
  EXPECT_EQ(error(instance, "f", {Value::i32(1), Value::externref(1)}),
            ErrorCode::ArgumentMismatch);
  EXPECT_TRUE(invoke(instance, "f", {Value::i32(1), Value::null(HeapType::Func)}));
}

TEST_F(CallTest, CallsHostFunctions) {
  const Func add = host({{ValType::I32, ValType::I64}, {ValType::I64}},
                        [](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
                          EXPECT_NE(caller.instance(), nullptr);
                          slots[0] += slots[1];
                          return {};
                        });
  Instance& instance = instantiate(R"((module
    (import "host" "add" (func $add (param i32 i64) (result i64)))
    (func (export "f") (param i32) (result i64) local.get 0 i64.const 40 call $add)))",
                                   {add});
  EXPECT_EQ(invoke(instance, "f", {Value::i32(2)})->at(0).as_i64(), 42);
}

TEST_F(CallTest, CallsAHostFunctionFromTheHost) {
  const Func twice = host({{ValType::I32}, {ValType::I32}},
                          [](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
                            EXPECT_EQ(caller.instance(), nullptr);
                            slots[0] *= 2;
                            return {};
                          });
  const Value argument = Value::i32(21);
  EXPECT_EQ(call(*store, twice, std::span(&argument, 1))->at(0).as_i32(), 42);
}

TEST_F(CallTest, HostFunctionsReachThroughTablesToo) {
  const Func seven = host({{}, {ValType::I32}}, [](Caller&, std::span<uint64_t> slots) {
    slots[0] = 7;
    return Result<void>();
  });
  Instance& instance = instantiate(R"((module
    (import "host" "seven" (func $seven (result i32)))
    (table 1 funcref) (elem (i32.const 0) $seven)
    (func (export "f") (result i32) (call_indirect (result i32) (i32.const 0)))))",
                                   {seven});
  EXPECT_EQ(i32(instance, "f"), 7);
}

TEST_F(CallTest, AHostErrorComesOutAsItIs) {
  const Func leave = host({{ValType::I32}, {}}, [](Caller&, std::span<uint64_t> slots) {
    return Result<void>(fail(ErrorCode::ProgramExit, kNoPosition, slots[0]));
  });
  Instance& instance = instantiate(R"((module
    (import "host" "exit" (func $exit (param i32)))
    (func $inner (call $exit (i32.const 3)))
    (func (export "f") call $inner)
    (func (export "ok") (result i32) i32.const 1)))",
                                   {leave});
  const auto outcome = invoke(instance, "f");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::ProgramExit);
  EXPECT_EQ(outcome.error().a, 3u);
  EXPECT_EQ(store->backtrace().frames.size(), 2u);
  EXPECT_EQ(i32(instance, "ok"), 1);
}

TEST_F(CallTest, AnExceptionOfAHostFunctionBecomesAnError) {
  const Func thrower = host({{}, {}}, [](Caller&, std::span<uint64_t>) -> Result<void> {
    throw std::runtime_error("no");
  });
  Instance& instance =
      instantiate(R"((module (import "h" "f" (func $f)) (func (export "f") call $f)))", {thrower});
  EXPECT_EQ(error(instance, "f"), ErrorCode::HostFunctionFailed);
}

TEST_F(CallTest, HostAndWasmNest) {
  // fac(n) = n * host(n - 1), where the host calls fac again.
  Instance* target = nullptr;
  const Func again = host({{ValType::I32}, {ValType::I32}},
                          [&](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
                            uint64_t inner[1] = {slots[0]};
                            const Func fac = std::get<Func>(*target->find_export("fac"));
                            TRY(call(caller.store(), fac, std::span<uint64_t>(inner)));
                            slots[0] = inner[0];
                            return {};
                          });
  target = &instantiate(R"((module
    (import "host" "again" (func $again (param i32) (result i32)))
    (func (export "fac") (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then i32.const 1)
        (else (i32.mul (local.get 0) (call $again (i32.sub (local.get 0) (i32.const 1)))))))
    (func (export "trap") unreachable)))",
                        {again});
  EXPECT_EQ(i32(*target, "fac", {Value::i32(10)}), 3628800);
}

TEST_F(CallTest, ATrapPassesThroughHostFramesWithOneBacktrace) {
  Instance* target = nullptr;
  const Func bounce = host({{}, {}}, [&](Caller& caller, std::span<uint64_t>) -> Result<void> {
    return call(caller.store(), std::get<Func>(*target->find_export("trap")),
                std::span<uint64_t>());
  });
  target = &instantiate(R"((module
    (import "host" "bounce" (func $bounce))
    (func $a (export "start") call $b)
    (func $b call $bounce)
    (func $trap (export "trap") call $c)
    (func $c unreachable)))",
                        {bounce});
  EXPECT_EQ(error(*target, "start"), ErrorCode::TrapUnreachable);
  std::vector<uint32_t> funcs;
  for (const Frame& frame : store->backtrace().frames) funcs.push_back(frame.func);
  EXPECT_EQ(funcs, (std::vector<uint32_t>{4, 3, 2, 1}));
}

TEST_F(CallTest, ASwallowedTrapLeavesTheOuterCallIntact) {
  Instance* target = nullptr;
  const Func attempt =
      host({{}, {ValType::I32}}, [&](Caller& caller, std::span<uint64_t> slots) -> Result<void> {
        const auto outcome = call(caller.store(), std::get<Func>(*target->find_export("trap")),
                                  std::span<uint64_t>());
        slots[0] = outcome ? 1 : 2;
        return {};
      });
  target = &instantiate(R"((module
    (import "host" "try" (func $try (result i32)))
    (memory 1)
    (func (export "f") (result i32) (i32.add (call $try) (memory.grow (i32.const 0))))
    (func (export "trap") (drop (i32.load (i32.const 65536))))))",
                        {attempt});
  EXPECT_EQ(i32(*target, "f"), 3);
  EXPECT_TRUE(store->backtrace().frames.empty());
}

TEST_F(CallTest, ReferencesKeepTheirIdentity) {
  Instance& instance = instantiate(R"((module
    (func (export "same") (param externref) (result externref) local.get 0)
    (func (export "self") (result funcref) ref.func 1)))");
  EXPECT_EQ(invoke(instance, "same", {Value::externref(0x1234)})->at(0).low, 0x1234u);
  EXPECT_EQ(invoke(instance, "self")->at(0).as_func(), func(instance, "self"));
}

TEST_F(CallTest, V128TakesTwoSlots) {
  Instance& instance = instantiate(R"((module
    (func (export "swap") (param v128 i32 v128) (result v128 v128) local.get 2 local.get 0)
    (func (export "one") (param v128) (result v128) local.get 0)))");
  const auto one = invoke(instance, "one", {Value::v128(1, 2)});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->at(0).low, 1u);
  EXPECT_EQ(one->at(0).high, 2u);
  const auto two = invoke(instance, "swap", {Value::v128(1, 2), Value::i32(9), Value::v128(3, 4)});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->at(0).low, 3u);
  EXPECT_EQ(two->at(1).high, 2u);
}

}  // namespace
}  // namespace skerry::runtime
