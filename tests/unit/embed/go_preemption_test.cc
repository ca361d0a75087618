// Which modules are taken for Go's, and when a goroutine is asked to yield, on a likeness of Go's
// runtime; a real program is in tests/e2e/cli/go_preempt.test.
#include "embed/go_preemption.h"

#include <fmt/format.h>

#include "embedding.h"

namespace skerry::embed {
namespace {

constexpr uint64_t kG = 0x1000, kM = 0x3000, kG0 = 0x4000, kOther = 0x5000;
constexpr uint64_t kStackLow = 0x1400, kStackHigh = 0x2000, kGuard = kStackLow + 928;
constexpr uint64_t kYield = uint64_t{0} - 1314;
// Func indices.
constexpr uint32_t kMorestack = 1, kNoContext = 2, kUser = 3;

std::string go_like(std::string_view custom, std::string_view last_global) {
  return fmt::format(R"((module (@custom "{}" "x") (memory (export "memory") 1)
    (global $sp (mut i32) (i32.const {})) (global $ctxt (mut i64) (i64.const 0))
    (global $g (mut i64) (i64.const {})) (global (mut i64) (i64.const 0))
    (global (mut i64) (i64.const 0)) (global (mut i64) (i64.const 0))
    (global (mut i64) (i64.const 0)) {}
    (func $nosplit (param i32) (result i32) i32.const 0 call $morestack)
    (func $morestack (param i32) (result i32) i32.const 0)
    (func $morestack_noctxt (param i32) (result i32)
      i64.const 0  global.set $ctxt  i32.const 0  call $morestack)
    (func $user (param i32) (result i32) (local $large_frame i32)
      global.get $sp
      global.get $g  i32.wrap_i64  i32.load offset=16  i32.const 4000  i32.add  i32.le_u
      if
        i32.const 0x1ef8  i64.const 0  i64.store
        i32.const 0  call $morestack_noctxt  drop
      end
      i32.const 0)
    (func (export "until asked")
      (loop (drop (call $user (i32.const 0)))
            (br_if 0 (i64.ne (i64.load (i32.const {})) (i64.const -1314)))))))",
                     custom, 0x1f00, kG, last_global, kG + 16);
}
const std::string kGoLike = go_like("go:buildid", "(global (mut i32) (i32.const 0))");

class GoPreemptionTest : public EmbedTest {
 protected:
  GoPreemptionTest() {
    write(kG, kStackLow);
    write(kG + 8, kStackHigh);
    write(kG + 16, kGuard);
    write(kG + 48, kM);
    write(kM, kG0);
    write(kG0 + 48, kM);
  }
  uint64_t read(uint64_t address) { return *instance.memory(0)->view().read<uint64_t>(address); }
  void write(uint64_t address, uint64_t word) {
    ASSERT_TRUE(instance.memory(0)->view().write(address, word));
  }
  uint64_t guard() { return read(kG + 16); }
  void set_running(uint64_t g) { instance.global(2)->vm()->low = g; }
  bool tick_in(uint32_t func) {
    const runtime::Frame frame{&instance.module_code(), func, 0};
    return preemption.tick(&frame);
  }

  Linker linker{*store};
  LoadedModule module = load_as_binary("go.wasm", kGoLike);
  runtime::Instance& instance = **linker.instantiate(module);
  GoPreemption preemption{instance};
};

TEST_F(GoPreemptionTest, KnowsProgramsOfGoByTheirGlobals) {
  const auto is_go = [&](const std::string& text) {
    return is_go_program(*load_as_binary("m.wasm", text).parsed.module);
  };
  EXPECT_TRUE(is_go(kGoLike));
  EXPECT_FALSE(is_go(go_like("build", "(global (mut i32) (i32.const 0))")));
  EXPECT_FALSE(is_go(go_like("go:buildid", "(global i32 (i32.const 0))")));
  EXPECT_FALSE(is_go(go_like("go:buildid", "(global (mut i64) (i64.const 0))")));
  EXPECT_FALSE(is_go(go_like("go:buildid", "")));
  EXPECT_FALSE(is_go("(module (memory 1))"));
}

TEST_F(GoPreemptionTest, FindsWhatProloguesCall) {
  EXPECT_EQ(find_morestack(module.code->validated()), kMorestack);
  EXPECT_EQ(find_morestack(load_as_binary("m.wasm", "(module (func))").code->validated()),
            std::nullopt);
}

TEST_F(GoPreemptionTest, AsksInTwoSteps) {
  EXPECT_TRUE(tick_in(kUser));
  EXPECT_EQ(guard(), kStackHigh);
  EXPECT_TRUE(tick_in(kNoContext));
  EXPECT_EQ(guard(), kStackHigh);
  EXPECT_FALSE(tick_in(kMorestack));
  EXPECT_EQ(guard(), kYield);
  // It has been asked.
  EXPECT_FALSE(tick_in(kUser));
  EXPECT_EQ(guard(), kYield);
}

TEST_F(GoPreemptionTest, SetsTheGuardBackWhereThereIsNoPrologue) {
  EXPECT_TRUE(tick_in(kUser));
  int polls = 1;
  while (tick_in(kUser)) ASSERT_LT(++polls, 1000);
  EXPECT_EQ(guard(), kGuard);
}

TEST_F(GoPreemptionTest, LeavesAGuardThatHasChanged) {
  EXPECT_TRUE(tick_in(kUser));
  write(kG + 16, kGuard + 8);
  EXPECT_FALSE(tick_in(kMorestack));
  EXPECT_EQ(guard(), kGuard + 8);
}

TEST_F(GoPreemptionTest, AnotherGoroutineIsNotTakenForTheOneAsked) {
  EXPECT_TRUE(tick_in(kUser));
  set_running(kOther);
  EXPECT_TRUE(tick_in(kMorestack));
  EXPECT_EQ(guard(), kStackHigh);
}

TEST_F(GoPreemptionTest, AsksNobodyWhenAnythingIsOdd) {
  const struct {
    const char* what;
    uint64_t address, word;
  } kOdd[] = {
      {"a stack that ends below the stack pointer", kG + 8, 0x1e00},
      {"a stack that begins above it", kG, 0x1f00},
      {"a guard below the stack", kG + 16, kStackLow},
      {"a guard that says to move the stack", kG + 16, uint64_t{0} - 275},
      {"a guard far from the end", kG + 16, kStackLow + 5000},
      {"no machine", kG + 48, 0},
      {"a machine outside memory", kG + 48, 1 << 20},
      {"the scheduler itself", kM, kG},
      {"no scheduler", kM, 0},
      {"the scheduler of another machine", kG0 + 48, kOther},
  };
  for (const auto& odd : kOdd) {
    const uint64_t before = read(odd.address);
    write(odd.address, odd.word);
    const uint64_t guard_before = guard();
    EXPECT_FALSE(tick_in(kUser)) << odd.what;
    EXPECT_EQ(guard(), guard_before) << odd.what;
    write(odd.address, before);
  }
  for (const uint64_t running : {uint64_t{0}, uint64_t{1} << 40, ~uint64_t{0}}) {
    set_running(running);
    EXPECT_FALSE(tick_in(kUser)) << running;
  }
  set_running(kG);
  EXPECT_FALSE(preemption.tick(nullptr));  // it waits in a host function
  EXPECT_TRUE(tick_in(kUser));
}

TEST_F(GoPreemptionTest, AsksWhileTheProgramRuns) {
  preempt_goroutines(instance, std::chrono::milliseconds(1));
  const auto until_asked = std::get<runtime::Func>(*instance.find_export("until asked"));
  EXPECT_TRUE(runtime::call(*store, until_asked, std::span<const runtime::Value>()));
  EXPECT_EQ(guard(), kYield);
}

}  // namespace
}  // namespace skerry::embed
