// The watchdog's loop: sleep until the next deadline or tick, or a millisecond while an interrupt
// is not taken.
#include "runtime/watchdog.h"

#include <algorithm>

#include "runtime/interrupt.h"

namespace skerry::runtime {
namespace {

// A call that begins just now may not have seen the request, nor we that it runs: by then both are
// seen, however long the processor holds a store back.
constexpr auto kRaisePeriod = std::chrono::milliseconds(1);

}  // namespace

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  if (thread_.is_running()) thread_.join();
}

Watchdog::Watched& Watchdog::entry_for(const std::shared_ptr<InterruptState>& state) {
  for (Watched& watched : watched_)
    if (watched.state == state) return watched;
  watched_.emplace_back().state = state;
  return watched_.back();
}

void Watchdog::wake() {
  if (thread_.is_running()) {
    changed_.notify_all();
    return;
  }
  // Without a thread an interrupt is still raised once, by whoever asks for it.
  if (auto thread = platform::Thread::start([this] { run(); })) thread_ = std::move(*thread);
}

void Watchdog::keep_raising(std::shared_ptr<InterruptState> state) {
  const std::lock_guard lock(mutex_);
  entry_for(state).next_raise = std::chrono::steady_clock::now() + kRaisePeriod;
  wake();
}

void Watchdog::set_deadline(const std::shared_ptr<InterruptState>& state,
                            std::optional<Time> deadline) {
  const std::lock_guard lock(mutex_);
  entry_for(state).deadline = deadline;
  wake();
}

void Watchdog::set_ticks(const std::shared_ptr<InterruptState>& state,
                         std::chrono::nanoseconds period) {
  const std::lock_guard lock(mutex_);
  Watched& watched = entry_for(state);
  watched.tick_period = period;
  watched.next_tick = std::chrono::steady_clock::now() + period;
  wake();
}

void Watchdog::forget(const InterruptState& state) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watched_, [&](const Watched& watched) { return watched.state.get() == &state; });
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const Time now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<InterruptState>> due;
    std::vector<std::shared_ptr<InterruptState>> raising;
    std::vector<std::shared_ptr<InterruptState>> ticking;
    for (Watched& watched : watched_) {
      if (watched.deadline && *watched.deadline <= now) {
        due.push_back(watched.state);
        watched.deadline.reset();
      }
      if (watched.tick_period.count() != 0 && watched.next_tick <= now) {
        if (watched.state->is_running()) ticking.push_back(watched.state);
        watched.next_tick = now + watched.tick_period;
      }
      // Cleared before looking, so that a request made meanwhile sets it again.
      if (watched.next_raise && *watched.next_raise <= now) {
        raising.push_back(watched.state);
        watched.next_raise.reset();
      }
    }
    if (!due.empty() || !raising.empty() || !ticking.empty()) {
      lock.unlock();
      for (const auto& state : ticking) state->tick();
      for (const auto& state : due) state->request(InterruptReason::Deadline);
      std::erase_if(raising, [](const auto& state) { return !state->raise_again(); });
      lock.lock();
      for (const auto& state : raising) entry_for(state).next_raise = now + kRaisePeriod;
    }
    if (stop_) break;
    sleep(lock);
  }
}

void Watchdog::sleep(std::unique_lock<std::mutex>& lock) {
  std::erase_if(watched_, [](const Watched& watched) { return !watched.is_needed(); });
  std::optional<Time> next;
  const auto wake_at = [&](Time time) { next = next ? std::min(*next, time) : time; };
  for (const Watched& watched : watched_) {
    if (watched.deadline) wake_at(*watched.deadline);
    if (watched.next_raise) wake_at(*watched.next_raise);
    if (watched.tick_period.count() != 0) wake_at(watched.next_tick);
  }
  if (next)
    changed_.wait_until(lock, *next);
  else
    changed_.wait(lock);
}

}  // namespace skerry::runtime
