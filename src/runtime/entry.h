// OutermostEntry: the usual way from the host into Wasm, where neither the Store nor the thread is
// in a call already. It is inline and does no more than it must: calls are counted in nanoseconds.
// Not here: calls from within calls (call.cc).
// Invariant: while one exists, interrupt().limit() of its Store is not 0, so that there is only one
// a Store and the Activation in the Store is its own.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "platform/fault_handlers.h"
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

// What the next call runs on if nobody has switched stacks: the embedder's stack if it has told of
// one, else the thread's, which is known once the thread is prepared for faults.
inline platform::StackBounds expected_stack(Store& store) {
  const auto& foreign = StoreAccess::foreign_stack(store);
  if (foreign) [[unlikely]]
    return {foreign->low, foreign->high};
  return platform::thread_stack();
}

// Tells the instance that is entered how far its stack goes.
inline void set_limit(Store& store, VmContext& context, uint64_t limit) {
  context.stack_limit.store(limit, std::memory_order_relaxed);
  if (store.interrupt_pending()) [[unlikely]]
    context.stack_limit.store(kPollLimit, std::memory_order_relaxed);
}

class OutermostEntry {
 public:
  // False: the call has to go the other way, as the first one on a thread, which is prepared there.
  static bool is_next(Store& store) {
    return StoreAccess::stack_limit(store) == 0 && innermost_activation() == nullptr &&
           platform::thread_takes_faults();
  }
  // 0: likewise.
  static uint64_t limit(Store& store) {
    if (!is_next(store)) return 0;
    const uint64_t rsp = platform::stack_pointer();
    const platform::StackBounds stack = expected_stack(store);
    return stack.contains(rsp) ? limit_for(store, rsp, stack.low) : 0;
  }
  OutermostEntry(Store& store, VmContext& context, uint64_t limit) : store_(store) {
    assert(StoreAccess::caller(store) == nullptr);
    StoreAccess::clear_frames(store);
    StoreAccess::interrupt(store).set_limit(limit);
    set_innermost_activation(&activation());
    set_limit(store, context, limit);
  }
  ~OutermostEntry() {
    set_innermost_activation(nullptr);
    StoreAccess::interrupt(store_).set_limit(0);
  }
  OutermostEntry(const OutermostEntry&) = delete;
  OutermostEntry& operator=(const OutermostEntry&) = delete;

  Activation& activation() { return StoreAccess::outermost(store_); }
  // Wasm returned: traps it recovered from on the way leave no backtrace.
  void succeed() { StoreAccess::clear_frames(store_); }

 private:
  Store& store_;
};

// Runs a func through its thunk. False: it was unwound, and the Store has the Error.
template <class Entry>
[[gnu::always_inline]] inline bool run_entered(Entry& entry, const VmFuncRef& ref, EntryThunk thunk,
                                               uint64_t* slots) {
  const uint32_t unwound =
      thunk(ref.context, ref.code.load(std::memory_order_acquire), slots, &entry.activation());
  if (unwound != 0) [[unlikely]]
    return false;
  entry.succeed();
  return true;
}

// A func's context, or that of a host function, which begins with a limit too.
inline VmContext& context_of(const VmFuncRef& ref) { return *static_cast<VmContext*>(ref.context); }

}  // namespace skerry::runtime
