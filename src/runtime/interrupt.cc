// Raising and restoring stack limits. Limits are written while the Wasm that reads them runs.
#include "runtime/interrupt.h"

#include "code/context.h"
#include "runtime/watchdog.h"

namespace skerry::runtime {

void InterruptState::set_all(uint64_t limit) {
  for (VmContext* context : contexts_) context->stack_limit.store(limit, std::memory_order_relaxed);
}

void InterruptState::request(InterruptReason reason) {
  words_.pending.fetch_or(static_cast<uint32_t>(reason), std::memory_order_acq_rel);
  const std::lock_guard lock(mutex_);
  set_all(kPollLimit);
  if (watchdog_ != nullptr) watchdog_->keep_raising(shared_from_this());
}

void InterruptState::tick() {
  if (limit() == 0) return;
  words_.pending.fetch_or(static_cast<uint32_t>(InterruptReason::Tick), std::memory_order_acq_rel);
  const std::lock_guard lock(mutex_);
  set_all(kPollLimit);
}

void InterruptState::tick_from_signal() {
  words_.pending.fetch_or(static_cast<uint32_t>(InterruptReason::Tick), std::memory_order_acq_rel);
  set_all(kPollLimit);  // without the mutex: others only read contexts_ under it
}

void InterruptState::add_context(VmContext* context) {
  const std::lock_guard lock(mutex_);
  contexts_.push_back(context);
}

bool InterruptState::raise_again() {
  const std::lock_guard lock(mutex_);
  if (!is_pending() || limit() == 0) return false;
  set_all(kPollLimit);
  return true;
}

void InterruptState::restore() {
  if (limit() == 0) return;
  const std::lock_guard lock(mutex_);
  set_all(limit());
}

void InterruptState::detach() {
  const std::lock_guard lock(mutex_);
  contexts_.clear();
  watchdog_ = nullptr;
}

}  // namespace skerry::runtime
