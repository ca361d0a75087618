// A guest that is interrupted while a WASI function waits: it ends as a loop would, it gets no
// errno. Not here: interruption of running Wasm (unit/runtime). The guest interrupts itself right
// before it waits, so nothing depends on when which thread runs.
#include <map>

#include "../runtime/fixture.h"
#include "wasi/context.h"
#include "wasi/imports.h"

namespace skerry::runtime {
namespace {

using namespace std::chrono_literals;

// Answers the errno of a wait on the clock.
constexpr const char* kWaits = R"((module
  (import "host" "before" (func $before))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "sleep") (param $wait_ns i64) (result i32)
    (i32.store (i32.const 16) (i32.const 1))           ;; clock: monotonic
    (i64.store (i32.const 24) (local.get $wait_ns))
    (call $before)
    (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))";
constexpr int64_t kHourNs = 3'600'000'000'000;

class WasiInterruptTest : public RuntimeTest {
 protected:
  Instance& guest(HostCall before) {
    std::map<std::string, Func> wasi_funcs;
    auto context = wasi::Context::create(wasi::Config());
    EXPECT_TRUE(context);
    const auto added = wasi::register_imports(
        std::move(*context),
        [&](std::string_view module, std::string_view name, HostFunc func) -> Result<void> {
          if (module == wasi::kPreview1Module)
            wasi_funcs.emplace(name, host(func.type, std::move(func.call)));
          return {};
        });
    EXPECT_TRUE(added);
    return instantiate(kWaits, {host({}, std::move(before)), wasi_funcs.at("poll_oneoff")});
  }
  Instance& guest_that_interrupts_itself() {
    return guest([](Caller& caller, std::span<uint64_t>) -> Result<void> {
      caller.store().interrupt_handle().interrupt();
      return {};
    });
  }
};

TEST_F(WasiInterruptTest, EndsTheGuest) {
  Instance& instance = guest_that_interrupts_itself();
  const auto outcome = invoke(instance, "sleep", {Value::i64(kHourNs)});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Requested));
  ASSERT_EQ(store->backtrace().frames.size(), 1u);
  EXPECT_EQ(outcome.error().position, store->backtrace().frames[0].module_offset);
  EXPECT_FALSE(store->interrupt_pending());
}

TEST_F(WasiInterruptTest, DeadlinesEndTheGuest) {
  Instance& instance = guest([](Caller& caller, std::span<uint64_t>) -> Result<void> {
    caller.store().set_deadline(std::chrono::steady_clock::now());
    return {};
  });
  const auto outcome = invoke(instance, "sleep", {Value::i64(kHourNs)});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Deadline));
}

TEST_F(WasiInterruptTest, AHandlerMayLetItWaitOn) {
  Instance& instance = guest_that_interrupts_itself();
  int asked = 0;
  store->set_interrupt_handler([&](Store&, InterruptReason) -> Result<void> {
    ++asked;
    return {};
  });
  EXPECT_EQ(i32(instance, "sleep", {Value::i64(1'000'000)}), 0);
  EXPECT_EQ(asked, 1);
}

TEST_F(WasiInterruptTest, AHandlersErrorIsNoErrno) {
  // Out of memory is also something a WASI function can answer.
  Instance& instance = guest_that_interrupts_itself();
  store->set_interrupt_handler(
      [](Store&, InterruptReason) -> Result<void> { return fail(ErrorCode::OutOfMemory); });
  EXPECT_EQ(error(instance, "sleep", {Value::i64(kHourNs)}), ErrorCode::OutOfMemory);
}

}  // namespace
}  // namespace skerry::runtime
