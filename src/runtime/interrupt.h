// InterruptHandle: stops, or calls for attention from, the Wasm that a Store is running; usable
// from any thread, also after the Store is gone. It raises the stack limit of every instance
// context to all ones, so that the next stack check (function entry, loop back-edge) polls. Not
// here: what happens then; Store::set_interrupt_handler says. Invariant: a request stays pending
// until a poll takes it or Store::clear_interrupt() does. A call between instances may overwrite a
// raised limit with the old one; the Watchdog raises again until the request is taken.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace skerry {
struct VmContext;
}

namespace skerry::runtime {

class Watchdog;

// Bits; Error::a of the trap. A tick is no reason to stop: Store::set_ticks().
enum class InterruptReason : uint32_t { Requested = 1, Deadline = 2, Tick = 4 };

inline constexpr uint64_t kPollLimit = ~uint64_t{0};  // a stack limit no rsp is above

// What every call reads and writes.
struct InterruptWords {
  std::atomic<uint32_t> pending{0};  // reasons
  std::atomic<uint64_t> limit{0};    // of the call in progress
};

class InterruptState : public std::enable_shared_from_this<InterruptState> {
 public:
  explicit InterruptState(Watchdog& watchdog) : watchdog_(&watchdog) {}

  void request(InterruptReason reason);
  // Asks for a tick, unless nothing runs. It is not raised again: the next one is due soon.
  void tick();
  // The same for a signal handler that came in between two instructions of generated code which
  // this Store runs: its thread cannot be changing the contexts then.
  void tick_from_signal();
  bool is_pending() const { return words_.pending.load(std::memory_order_acquire) != 0; }
  // Takes the request, if any: the reasons' bits.
  uint32_t take() { return words_.pending.exchange(0, std::memory_order_acq_rel); }

  void add_context(VmContext* context);
  // Raises the limits again. False: nothing is pending, or nothing runs (the next call will look).
  bool raise_again();
  // The stack limit of the call in progress; 0: none is. The Store's thread only.
  uint64_t limit() const { return words_.limit.load(std::memory_order_relaxed); }
  // Relaxed on purpose: the watchdog, which asks, looks again later.
  bool is_running() const { return limit() != 0; }
  void set_limit(uint64_t limit) { words_.limit.store(limit, std::memory_order_relaxed); }
  // Sets the limits of all contexts back to it, if there is one; the Store's thread only.
  void restore();
  InterruptWords& words() { return words_; }
  // The Store is going away: forget contexts and watchdog.
  void detach();

 private:
  void set_all(uint64_t limit);  // nobody else changes contexts_

  std::mutex mutex_;  // guards contexts_ and watchdog_
  std::vector<VmContext*> contexts_;
  Watchdog* watchdog_;
  InterruptWords words_;
};

class InterruptHandle {
 public:
  InterruptHandle() = default;
  explicit InterruptHandle(std::shared_ptr<InterruptState> state) : state_(std::move(state)) {}
  void interrupt() const {
    if (state_) state_->request(InterruptReason::Requested);
  }

 private:
  std::shared_ptr<InterruptState> state_;
};

}  // namespace skerry::runtime
