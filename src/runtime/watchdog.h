// Watchdog: the thread that keeps raising interrupts until they are taken, and raises those of
// deadlines and ticks. It starts when first needed.
// Not here: what an interrupt does (interrupt.h).
// Invariant: it holds no lock of its own while it calls into an InterruptState.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "platform/threads.h"

namespace skerry::runtime {

class InterruptState;

class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Watchdog() = default;
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // From a while later on, until raise_again() says no.
  void keep_raising(std::shared_ptr<InterruptState> state);
  // Absent: no deadline any more.
  void set_deadline(const std::shared_ptr<InterruptState>& state, std::optional<Time> deadline);
  // Zero: no ticks any more.
  void set_ticks(const std::shared_ptr<InterruptState>& state, std::chrono::nanoseconds period);
  void forget(const InterruptState& state);

 private:
  struct Watched {
    std::shared_ptr<InterruptState> state;
    std::optional<Time> deadline;
    std::optional<Time> next_raise;
    std::chrono::nanoseconds tick_period{0};  // zero: no ticks
    Time next_tick;
    bool is_needed() const { return deadline || next_raise || tick_period.count() != 0; }
  };
  Watched& entry_for(const std::shared_ptr<InterruptState>& state);  // mutex_ is held
  void wake();                                                       // mutex_ is held
  void run();
  void sleep(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Watched> watched_;
  bool stop_ = false;
  platform::Thread thread_;
};

}  // namespace skerry::runtime
