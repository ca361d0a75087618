// Traps: which Error, where, and with what backtrace; and that nothing else is taken for one.
#include <csignal>

#include "fixture.h"

namespace skerry::runtime {
namespace {

class TrapTest : public RuntimeTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.code.explicit_bounds = GetParam();
    use(options);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, TrapTest, ::testing::Bool(), [](const auto& mode) {
  return mode.param ? "ExplicitBounds" : "Guarded";
});

TEST_P(TrapTest, EveryKind) {
  Instance& instance = instantiate(R"((module
    (type $v (func)) (type $i (func (result i32)))
    (memory 1) (table 3 funcref) (elem (i32.const 0) $v)
    (func $v)
    (func (export "unreachable") unreachable)
    (func (export "load") (param i32) (drop (i32.load (local.get 0))))
    (func (export "far") (drop (i64.load offset=0xfffffff0 (i32.const -1))))
    (func (export "store") (param i32) (i64.store (local.get 0) (i64.const 1)))
    (func (export "div") (param i32 i32) (drop (i32.div_s (local.get 0) (local.get 1))))
    (func (export "trunc") (param f32) (drop (i32.trunc_f32_s (local.get 0))))
    (func (export "null") (call_indirect (type $v) (i32.const 1)))
    (func (export "undefined") (call_indirect (type $v) (i32.const 9)))
    (func (export "signature") (drop (call_indirect (type $i) (i32.const 0))))
    (func (export "table") (drop (table.get 0 (i32.const 3))))
    (func $deep (export "deep") call $deep)))");
  const auto one = [](int32_t v) { return std::vector<Value>{Value::i32(v)}; };
  EXPECT_EQ(error(instance, "unreachable"), ErrorCode::TrapUnreachable);
  EXPECT_TRUE(invoke(instance, "load", one(65532)));
  EXPECT_EQ(error(instance, "load", one(65533)), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(error(instance, "load", one(-1)), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(error(instance, "far"), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(error(instance, "store", one(65529)), ErrorCode::TrapMemoryOutOfBounds);
  EXPECT_EQ(error(instance, "div", {Value::i32(1), Value::i32(0)}),
            ErrorCode::TrapIntegerDivideByZero);
  EXPECT_EQ(error(instance, "div", {Value::i32(INT32_MIN), Value::i32(-1)}),
            ErrorCode::TrapIntegerOverflow);
  EXPECT_EQ(error(instance, "trunc", {Value::f32(__builtin_nanf(""))}),
            ErrorCode::TrapInvalidConversion);
  EXPECT_EQ(error(instance, "trunc", {Value::f32(1e30f)}), ErrorCode::TrapIntegerOverflow);
  EXPECT_EQ(error(instance, "null"), ErrorCode::TrapIndirectCallToNull);
  EXPECT_EQ(error(instance, "undefined"), ErrorCode::TrapUndefinedElement);
  EXPECT_EQ(error(instance, "signature"), ErrorCode::TrapBadSignature);
  EXPECT_EQ(error(instance, "table"), ErrorCode::TrapTableOutOfBounds);
  EXPECT_EQ(error(instance, "deep"), ErrorCode::TrapStackOverflow);
}

TEST_P(TrapTest, BuiltinsTrapToo) {
  Instance& instance = instantiate(R"((module
    (memory 1) (table 3 funcref) (data $d "abc") (elem $e func 0) (func)
    (func (export "mi") (memory.init $d (i32.const 0) (i32.const 2) (i32.const 2)))
    (func (export "mc") (memory.copy (i32.const 65535) (i32.const 0) (i32.const 2)))
    (func (export "mf") (memory.fill (i32.const 65536) (i32.const 0) (i32.const 1)))
    (func (export "ti") (table.init $e (i32.const 3) (i32.const 0) (i32.const 1)))
    (func (export "tc") (table.copy (i32.const 3) (i32.const 0) (i32.const 1)))
    (func (export "tf") (table.fill (i32.const 1) (ref.null func) (i32.const 3)))))");
  for (const char* name : {"mi", "mc", "mf"})
    EXPECT_EQ(error(instance, name), ErrorCode::TrapMemoryOutOfBounds) << name;
  for (const char* name : {"ti", "tc", "tf"})
    EXPECT_EQ(error(instance, name), ErrorCode::TrapTableOutOfBounds) << name;
  ASSERT_EQ(store->backtrace().frames.size(), 1u);
  EXPECT_EQ(store->backtrace().frames[0].func, 6u);
}

TEST_P(TrapTest, TheBacktraceNamesFuncsFromTheInside) {
  Instance& instance = instantiate(R"((module
    (memory 1)
    (func $a (export "a") (param i32) (call $b (local.get 0)))
    (func $b (param i32) (local i64 f64) (call $c (local.get 0)) (call $c (local.get 0)))
    (func $c (param i32) (if (local.get 0) (then (i32.store (i32.const -4) (i32.const 1)))))))");
  const auto outcome = invoke(instance, "a", {Value::i32(1)});
  ASSERT_FALSE(outcome);
  const Backtrace trace = store->backtrace();
  ASSERT_EQ(trace.frames.size(), 3u);
  EXPECT_EQ(trace.omitted, 0u);
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(trace.frames[i].func, 2 - i);
    EXPECT_EQ(trace.frames[i].module, &instance.module_code());
  }
  // The trap's position is that of the innermost frame, inside its body.
  EXPECT_EQ(outcome.error().position, trace.frames[0].module_offset);
  const FuncBody& body = instance.module().bodies[2];
  EXPECT_GE(trace.frames[0].module_offset, body.offset);
  EXPECT_LT(trace.frames[0].module_offset, body.offset + body.code.size());
}

TEST_P(TrapTest, ADeepBacktraceKeepsBothEnds) {
  Instance& instance = instantiate(R"((module
    (func $start (export "start") (param i32) (call $down (local.get 0)))
    (func $down (param i32)
      (if (i32.eqz (local.get 0)) (then unreachable))
      (call $down (i32.sub (local.get 0) (i32.const 1))))))");
  EXPECT_EQ(error(instance, "start", {Value::i32(1000)}), ErrorCode::TrapUnreachable);
  const Backtrace trace = store->backtrace();
  EXPECT_EQ(trace.frames.size(), kBacktraceInner + kBacktraceOuter);
  EXPECT_EQ(trace.omitted, 1002 - trace.frames.size());
  EXPECT_EQ(trace.frames.back().func, 0u);
  EXPECT_EQ(trace.frames[trace.frames.size() - 2].func, 1u);
}

TEST_P(TrapTest, DeepRecursionLeavesTheStoreUsable) {
  Instance& instance = instantiate(R"((module
    (func $deep (export "deep") (param i64 i64) (result i64)
      (i64.add (call $deep (local.get 1) (local.get 0)) (local.get 0)))
    (func (export "ok") (result i32) i32.const 1)))");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(error(instance, "deep", {Value::i64(1), Value::i64(2)}),
              ErrorCode::TrapStackOverflow);
    EXPECT_EQ(i32(instance, "ok"), 1);
  }
}

TEST_P(TrapTest, TheDepthIsALimitOfTheStore) {
  const auto depth = [&](uint64_t bytes) {
    StoreLimits limits;
    limits.wasm_stack_bytes = bytes;
    new_store(limits);
    Instance& instance = instantiate(R"((module
      (global $depth (mut i32) (i32.const 0))
      (func $deep (export "deep")
        (global.set $depth (i32.add (global.get $depth) (i32.const 1))) call $deep)
      (func (export "depth") (result i32) global.get $depth)))");
    EXPECT_EQ(error(instance, "deep"), ErrorCode::TrapStackOverflow);
    return i32(instance, "depth");
  };
  const int32_t small = depth(64 << 10);
  const int32_t large = depth(512 << 10);
  EXPECT_GT(small, 100);
  EXPECT_NEAR(static_cast<double>(large) / small, 8.0, 0.5);
}

TEST_P(TrapTest, RecursionThroughTheHostIsBounded) {
  Instance* target = nullptr;
  const Func again = host({{}, {}}, [&](Caller& caller, std::span<uint64_t>) -> Result<void> {
    return call(caller.store(), std::get<Func>(*target->find_export("f")), std::span<uint64_t>());
  });
  target = &instantiate(
      R"((module (import "h" "again" (func $again)) (func (export "f") call $again)))", {again});
  EXPECT_EQ(error(*target, "f"), ErrorCode::TrapStackOverflow);
}

TEST_P(TrapTest, TrapsOnManyThreadsAtOnce) {
  std::vector<std::unique_ptr<std::thread>> threads;
  auto code = module(R"((module (memory 1)
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))))");
  for (int t = 0; t < 4; ++t)
    threads.push_back(std::make_unique<std::thread>([&] {
      auto mine = Store::create(engine);
      ASSERT_TRUE(mine);
      auto instance = runtime::instantiate(**mine, code, {});
      ASSERT_TRUE(instance);
      const Func load = std::get<Func>(*(*instance)->find_export("load"));
      for (int i = 0; i < 200; ++i) {
        uint64_t slot[1] = {static_cast<uint64_t>(i % 2 ? 65536 : 0)};
        const auto outcome = call(**mine, load, std::span<uint64_t>(slot));
        ASSERT_EQ(outcome.has_value(), i % 2 == 0);
      }
    }));
  for (auto& thread : threads) thread->join();
}

// Code of a test's own making: `bytes` is the whole func.
std::shared_ptr<Compiler> fixed_code(std::vector<uint8_t> bytes, std::vector<CodeSite> sites) {
  return std::make_shared<TestCompiler>([=](const Compiler&, const ValidatedModule&,
                                            const ContextLayout&, uint32_t,
                                            const CodeOptions&) -> Result<FuncCode> {
    FuncCode code;
    code.code = bytes;
    for (const CodeSite& site : sites) code.sites.append(site);
    return code;
  });
}
constexpr const char* kOneFunc = R"((module (memory 1) (func (export "f"))))";
const std::vector<uint8_t> kUd2 = {0x0f, 0x0b};
const std::vector<uint8_t> kReadNull = {0x31, 0xc0, 0x8b, 0x00,
                                        0xc3};                         // xor eax,eax; mov eax,[rax]
const std::vector<uint8_t> kReadWild = {0xb8, 0x00, 0x00, 0x40, 0x00,  // mov eax, 0x400000
                                        0x48, 0xc1, 0xe0, 0x10,        // shl rax, 16
                                        0x8b, 0x00, 0xc3};             // mov eax, [rax]

using SiteTest = RuntimeTest;

TEST_F(SiteTest, AKnownSiteTraps) {
  use({}, {}, fixed_code(kUd2, {{0, 77, TrapCode::Unreachable}}));
  Instance& instance = instantiate(kOneFunc);
  const auto outcome = invoke(instance, "f");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error(), trap(TrapCode::Unreachable, 77));
}

TEST_F(SiteTest, ANullReferenceTraps) {
  use({}, {}, fixed_code(kReadNull, {{2, 5, TrapCode::NullFuncReference}}));
  Instance& instance = instantiate(kOneFunc);
  EXPECT_EQ(error(instance, "f"), ErrorCode::TrapNullFuncReference);
}

using SiteDeathTest = RuntimeTest;

#if !defined(__SANITIZE_THREAD__)
TEST_F(SiteDeathTest, AFaultWithoutASiteIsNotATrap) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  use({}, {}, fixed_code(kUd2, {{1, 0, TrapCode::Unreachable}}));
  Instance& instance = instantiate(kOneFunc);
  EXPECT_DEATH((void)invoke(instance, "f"), "");
}

TEST_F(SiteDeathTest, AFaultOutsideEveryGuardIsNotATrap) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  use({}, {}, fixed_code(kReadWild, {{9, 0, TrapCode::MemoryOutOfBounds}}));
  Instance& instance = instantiate(kOneFunc);
  EXPECT_DEATH((void)invoke(instance, "f"), "");
}
#endif

}  // namespace
}  // namespace skerry::runtime
