// Calling functions of a Store from the host.
// Not here: how Wasm calls the host (host_func.h).
// Invariant: a trap, or an Error of a host function, comes back as the Error of the call; the Store
// then has the backtrace and can be used on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "code/code.h"
#include "runtime/entry.h"
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
    return enter(OutermostEntry::limit(*store_), slots, otherwise);
  }
  // The same on the embedder's stack (Store::set_stack): `limit` is what limit_for() says of the
  // place where an outermost call is made there.
  template <class Otherwise>
  [[gnu::always_inline]] bool try_call(uint64_t* slots, uint64_t limit,
                                       Otherwise&& otherwise) const {
    return enter(OutermostEntry::is_next(*store_) ? limit : 0, slots, otherwise);
  }
  // Any call, slowly.
  [[gnu::cold]] bool call_within(uint64_t* slots) const;
  Error take_error() const;

 private:
  // `limit` 0: it is no outermost call.
  template <class Otherwise>
  [[gnu::always_inline]] bool enter(uint64_t limit, uint64_t* slots, Otherwise& otherwise) const {
    if (limit == 0) [[unlikely]]
      return otherwise(slots);
    OutermostEntry entry(*store_, context_of(*ref_), limit);
    return run_entered(entry, *ref_, thunk_, slots);
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

// For embedders that switch stacks and may resume on another thread: takes the calls that are in
// progress off this thread; put_calls() puts them onto the thread that goes on with them.
struct CallsInProgress {
  void* innermost = nullptr;
};
CallsInProgress take_calls();
void put_calls(CallsInProgress calls);

}  // namespace skerry::runtime
