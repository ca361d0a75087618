// Calling functions of a Store from the host.
// Not here: how Wasm calls the host (host_func.h).
// Invariant: a trap, or an Error of a host function, comes back as the Error of the call; the Store
// then has the backtrace and can be used on.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "code/code.h"
#include "platform/fault_handlers.h"
#include "runtime/entry.h"
#include "runtime/interrupt.h"
#include "runtime/store.h"
#include "runtime/value.h"

namespace skerry::runtime {

// The fast way: slots hold the arguments (v128: two slots) and receive the results; the caller has
// made sure that they fit the function's type and that there is room for the larger of both.
Result<void> call(Store& store, Func func, std::span<uint64_t> slots);

// The same for a func that is called often: what call() looks up each time is known, and a call
// that succeeds makes no Result. Good as long as the Store.
class PreparedFunc {
 public:
  static Result<PreparedFunc> of(Store& store, Func func);
  // False: it failed, for the reason that take_error() gives once.
  [[gnu::always_inline]] bool try_call(uint64_t* slots) const {
    return try_call(slots, [this](uint64_t* given) { return call_within(given); });
  }
  // The same, but calls that are not outermost, on the stack where they are expected, are
  // `otherwise(slots)`'s to make.
  template <class Otherwise>
  [[gnu::always_inline]] bool try_call(uint64_t* slots, Otherwise&& otherwise) const {
    Store& store = *store_;
    return enter(store, OutermostEntry::limit(store), slots, otherwise);
  }
  // The same on the embedder's stack (Store::set_stack): `limit` is what limit_for() says of the
  // place where an outermost call is made there.
  template <class Otherwise>
  [[gnu::always_inline]] bool try_call(uint64_t* slots, uint64_t limit,
                                       Otherwise&& otherwise) const {
    Store& store = *store_;
    return enter(store, OutermostEntry::is_next(store) ? limit : 0, slots, otherwise);
  }
  // Any call, slowly.
  [[gnu::cold]] bool call_within(uint64_t* slots) const;
  Error take_error() const;

  // For outermost calls on an embedder's stack: code for `places` which enters the func, or others
  // of its type. Null for a host function.
  Result<const void*> fiber_thunk(const FiberThunkPlaces& places) const;
  // Where it finds them.
  static constexpr size_t store_offset() { return offsetof(PreparedFunc, store_); }
  static constexpr size_t ref_offset() { return offsetof(PreparedFunc, ref_); }

 private:
  // `limit` 0: it is no outermost call.
  template <class Otherwise>
  [[gnu::always_inline]] bool enter(Store& store, uint64_t limit, uint64_t* slots,
                                    Otherwise& otherwise) const {
    if (limit == 0) [[unlikely]]
      return otherwise(slots);
    // Copies: what is stored meanwhile might be these for all that the compiler knows.
    const VmFuncRef& ref = *ref_;
    const EntryThunk thunk = thunk_;
    VmContext& context = context_of(ref);
    const void* const code = ref.code.load(std::memory_order_acquire);
    OutermostEntry entry(store, context, limit);
    return run_entered(entry, context, code, thunk, slots);
  }
  PreparedFunc(Store& store, const VmFuncRef& ref, EntryThunk thunk)
      : store_(&store), ref_(&ref), thunk_(thunk) {}

  Store* store_;
  const VmFuncRef* ref_;
  EntryThunk thunk_;
};

// The checked way: ArgumentMismatch if number or types do not fit.
Result<std::vector<Value>> call(Store& store, Func func, std::span<const Value> arguments);

// Slots that call() needs for a function of this type.
size_t slots_for(const FuncType& type);

// What OutermostEntry reads and writes, for fiber thunks, which do the same. Good as long as the
// Store.
struct OutermostCall {
  const Store* store;
  InterruptWords* interrupt;
  Activation* activation;
  uint64_t limit;  // as in PreparedFunc::try_call
  uint64_t* frames_seen;

  OutermostCall(Store& of, uint64_t limit);
  // It was unwound: why. Ends it.
  Error fail() const;
};

// For embedders that switch stacks and may resume on another thread: takes the calls that are in
// progress off this thread; put_calls() puts them onto the thread that goes on with them.
inline Activation* take_calls() {
  Activation* const innermost = innermost_activation();
  if (innermost != nullptr) set_innermost_activation(nullptr);
  return innermost;
}
inline void put_calls(Activation* innermost) {
  assert(innermost_activation() == nullptr);
  if (innermost == nullptr) return;
  if (!is_between_calls()) [[unlikely]]
    platform::prepare_thread_for_faults();
  set_innermost_activation(innermost);
}

}  // namespace skerry::runtime
