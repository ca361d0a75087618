// Interruption from other threads, deadlines and fuel.
#include <thread>

#include "fixture.h"

namespace skerry::runtime {
namespace {

using InterruptTest = RuntimeTest;
using namespace std::chrono_literals;

constexpr const char* kEndless = R"((module
  (func (export "loop") (loop (br 0)))
  (func (export "ok") (result i32) i32.const 1)))";

TEST_F(InterruptTest, StopsAnEndlessLoop) {
  Instance& instance = instantiate(kEndless);
  std::thread stopper([handle = store->interrupt_handle()] {
    std::this_thread::sleep_for(20ms);
    handle.interrupt();
  });
  const auto outcome = invoke(instance, "loop");
  stopper.join();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Requested));
  EXPECT_EQ(store->backtrace().frames.size(), 1u);
  EXPECT_EQ(i32(instance, "ok"), 1);
}

TEST_F(InterruptTest, StopsCallsThatGoBackAndForthBetweenInstances) {
  // Each cross-instance call copies the stack limit: the interrupt must not get lost between.
  Instance& a = instantiate(R"((module (func (export "f"))))");
  Instance& b = instantiate(R"((module (import "a" "f" (func $f))
    (func (export "loop") (loop (call $f) (br 0)))))",
                            {*a.find_export("f")});
  for (int i = 0; i < 20; ++i) {
    std::thread stopper([handle = store->interrupt_handle()] {
      std::this_thread::sleep_for(1ms);
      handle.interrupt();
    });
    EXPECT_EQ(error(b, "loop"), ErrorCode::TrapInterrupted);
    stopper.join();
  }
}

TEST_F(InterruptTest, TicksComeUntilTheyAreNoLongerWanted) {
  Instance& instance = instantiate(kEndless);
  int ticks = 0;
  store->set_ticks(1ms, [&](const Frame* where) {
    EXPECT_TRUE(where != nullptr && where->func == 0);
    if (++ticks == 3) store->interrupt_handle().interrupt();
    return ticks < 3;
  });
  const auto outcome = invoke(instance, "loop");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  // A tick may have been due as well; it is no reason.
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Requested));
  EXPECT_GE(ticks, 3);
  store->set_ticks({}, nullptr);
  EXPECT_EQ(i32(instance, "ok"), 1);
}

TEST_F(InterruptTest, AHandlerMayResume) {
  Instance& instance = instantiate(kEndless);
  int polls = 0;
  store->set_interrupt_handler([&](Store& self, InterruptReason) -> Result<void> {
    if (++polls == 3) return fail(ErrorCode::ProgramExit, kNoPosition, 9);
    self.interrupt_handle().interrupt();
    return {};
  });
  store->interrupt_handle().interrupt();
  const auto outcome = invoke(instance, "loop");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::ProgramExit);
  EXPECT_EQ(polls, 3);
}

TEST_F(InterruptTest, ARequestBeforeTheCallCountsUntilItIsCleared) {
  Instance& instance = instantiate(kEndless);
  store->interrupt_handle().interrupt();
  EXPECT_EQ(error(instance, "loop"), ErrorCode::TrapInterrupted);
  store->interrupt_handle().interrupt();
  store->clear_interrupt();
  EXPECT_EQ(i32(instance, "ok"), 1);
}

TEST_F(InterruptTest, AHostFunctionThatWaitsTakesTheRequest) {
  const Func wait = host({}, [](Caller& caller, std::span<uint64_t>) -> Result<void> {
    EXPECT_TRUE(caller.store().poll_interrupt());
    caller.store().interrupt_handle().interrupt();
    return caller.store().poll_interrupt();
  });
  Instance& instance = instantiate(R"((module (import "" "" (func $wait))
    (func (export "wait") call $wait) (func (export "ok") (result i32) i32.const 1)))",
                                   {wait});
  const auto outcome = invoke(instance, "wait");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Requested));
  EXPECT_EQ(store->backtrace().frames.size(), 1u);
  EXPECT_EQ(i32(instance, "ok"), 1);
}

TEST_F(InterruptTest, DeadlinesStopWhatRuns) {
  Instance& instance = instantiate(kEndless);
  store->set_deadline(std::chrono::steady_clock::now() + 20ms);
  const auto outcome = invoke(instance, "loop");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Deadline));
  store->set_deadline(std::chrono::steady_clock::now() + 1h);
  store->set_deadline(std::nullopt);
  EXPECT_EQ(i32(instance, "ok"), 1);
}

TEST_F(InterruptTest, AHandleOutlivesItsStore) {
  InterruptHandle handle = store->interrupt_handle();
  store.reset();
  handle.interrupt();
  InterruptHandle().interrupt();
}

TEST_F(InterruptTest, StackOverflowIsStillToldApart) {
  Instance& instance = instantiate(R"((module (func $f (export "deep") call $f)
    (func (export "loop") (loop (br 0)))))");
  EXPECT_EQ(error(instance, "deep"), ErrorCode::TrapStackOverflow);
  store->interrupt_handle().interrupt();
  EXPECT_EQ(error(instance, "loop"), ErrorCode::TrapInterrupted);
  EXPECT_EQ(error(instance, "deep"), ErrorCode::TrapStackOverflow);
}

TEST_F(InterruptTest, FuelRunsOut) {
  EngineOptions options;
  options.code.fuel = true;
  use(options);
  Instance& instance = instantiate(R"((module
    (func (export "count") (param i32)
      (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))))");
  store->set_fuel(1'000'000);
  EXPECT_TRUE(invoke(instance, "count", {Value::i32(1000)}));
  const uint64_t left = store->fuel_left();
  EXPECT_LT(left, 1'000'000u - 1000);
  EXPECT_EQ(error(instance, "count", {Value::i32(2'000'000'000)}), ErrorCode::TrapOutOfFuel);
  EXPECT_EQ(store->fuel_left(), 0u);
  store->set_fuel(1'000'000);
  EXPECT_TRUE(invoke(instance, "count", {Value::i32(1000)}));
  EXPECT_EQ(store->fuel_left(), left);
}

}  // namespace
}  // namespace skerry::runtime
