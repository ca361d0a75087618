// OutermostEntry: the usual way from the host into Wasm, where neither the Store nor the thread is
// in a call already. It is inline and does no more than it must: calls are counted in nanoseconds.
// Not here: calls from within calls (call.cc).
// Invariant: while one exists, interrupt().limit() of its Store is not 0, so that there is only one
// a Store and the Activation in the Store is its own.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "runtime/store_access.h"

namespace skerry::runtime {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr uint64_t kHostHeadroomBytes = 512 << 10;
#else
// Stack that builtins, host functions, the compiler and (on Windows) exception dispatch may use
// when Wasm has reached its limit.
inline constexpr uint64_t kHostHeadroomBytes = 128 << 10;
#endif

// The lowest rsp for Wasm that is entered at `rsp` of a stack that begins at `low`. Never 0.
inline uint64_t limit_for(const Store& store, uint64_t rsp, uint64_t low) {
  // Addresses are positive; below zero the Store allows more than there is.
  const auto allowed = static_cast<int64_t>(rsp - store.limits().wasm_stack_bytes);
  return static_cast<uint64_t>(std::max(allowed, static_cast<int64_t>(low + kHostHeadroomBytes)));
}

// The same on the embedder's stack, if it has told of one, else the thread's, which is known once
// the thread is prepared for faults. 0: `rsp` is not there.
uint64_t limit_found(Store& store, uint64_t rsp);

// Tells the instance that is entered how far its stack goes.
inline void set_limit(const InterruptState& interrupt, VmContext& context, uint64_t limit) {
  // Most often it is the same, and stores are what calls are bound by.
  if (context.stack_limit.load(std::memory_order_relaxed) != limit) [[unlikely]]
    context.stack_limit.store(limit, std::memory_order_relaxed);
  if (interrupt.is_pending()) [[unlikely]]
    context.stack_limit.store(kPollLimit, std::memory_order_relaxed);
}

class OutermostEntry {
 public:
  // False: the call has to go the other way, as the first one on a thread, which is prepared there.
  static bool is_next(Store& store) {
    return StoreAccess::stack_limit(store) == 0 && is_between_calls();
  }
  // 0: likewise.
  static uint64_t limit(Store& store) {
    if (!is_next(store)) return 0;
    const uint64_t rsp = platform::stack_pointer();
    const platform::StackBounds stack = platform::thread_stack();
    const uint64_t limit = rsp - StoreAccess::own_stack_bytes(store);
    const auto lowest = static_cast<int64_t>(limit - kHostHeadroomBytes);
    if (rsp < stack.high && lowest > static_cast<int64_t>(stack.low)) [[likely]] {
      if (limit == 0) __builtin_unreachable();
      return limit;
    }
    return limit_found(store, rsp);
  }
  OutermostEntry(Store& store, VmContext& context, uint64_t limit)
      : store_(store), interrupt_(StoreAccess::interrupt(store)) {
    assert(StoreAccess::caller(store) == nullptr);
    interrupt_.set_limit(limit);
    set_innermost_activation(&activation());
    set_limit(interrupt_, context, limit);
  }
  ~OutermostEntry() {
    set_innermost_activation(nullptr);
    interrupt_.set_limit(0);
  }
  OutermostEntry(const OutermostEntry&) = delete;
  OutermostEntry& operator=(const OutermostEntry&) = delete;

  Activation& activation() { return StoreAccess::outermost(store_); }
  // Wasm returned: traps it recovered from on the way leave no backtrace.
  void succeed() { StoreAccess::clear_frames(store_); }

 private:
  Store& store_;
  InterruptState& interrupt_;
};

// Runs a func's code through its thunk. False: it was unwound, and the Store has the Error.
template <class Entry>
[[gnu::always_inline]] inline bool run_entered(Entry& entry, VmContext& context, const void* code,
                                               EntryThunk thunk, uint64_t* slots) {
  const uint32_t unwound = enter_wasm(thunk, &context, code, slots, &entry.activation());
  if (unwound != 0) [[unlikely]]
    return false;
  entry.succeed();
  return true;
}

// A func's context, or that of a host function, which begins with a limit too.
inline VmContext& context_of(const VmFuncRef& ref) { return *static_cast<VmContext*>(ref.context); }

}  // namespace skerry::runtime
