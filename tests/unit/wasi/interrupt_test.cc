// A guest that is interrupted while it waits for a clock ends as a loop would: it gets no errno.
// Not here: interruption of running Wasm (unit/runtime), and waiting for input
// (interrupt_unix_test, interrupt_win_test).
#include "interrupted_guest.h"

namespace skerry::runtime {
namespace {

TEST_F(WasiInterruptTest, EndsTheGuest) {
  Instance& instance = guest_that_interrupts_itself();
  const auto outcome = invoke(instance, "sleep", {Value::i64(kHourNs)});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::TrapInterrupted);
  EXPECT_EQ(outcome.error().a, static_cast<uint64_t>(InterruptReason::Requested));
  ASSERT_EQ(store->backtrace().frames.size(), 1u);
  EXPECT_EQ(outcome.error().position, store->backtrace().frames[0].module_offset);
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

// All of a memory of 4 GiB would take seconds.
TEST_F(WasiInterruptTest, EndsAGuestThatWantsManyRandomBytes) {
  Instance& instance = guest_that_interrupts_itself();
  EXPECT_EQ(error(instance, "random", {Value::i32(2 << 20)}), ErrorCode::TrapInterrupted);
  store->clear_interrupt();
  EXPECT_EQ(i32(instance, "random", {Value::i32(1 << 20)}), 0);  // one piece is not worth asking
}

}  // namespace
}  // namespace skerry::runtime
