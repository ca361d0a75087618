// Fiber: a store's stack of its own, and what is done by whoever runs it. Not here: the switching
// (platform/stack_switch.h).
// Invariant: only what runs on the fiber leaves it. The thread may be another one afterwards, so
// the calls in progress go along.
#pragma once

#include <memory>

#include "capi/store.h"
#include "platform/stack_memory.h"
#include "platform/stack_switch.h"
#include "platform/threads.h"
#include "runtime/call.h"
#include "runtime/host_func.h"
#include "skerry.h"
#include "wasi/stream.h"

namespace skerry::capi {

struct Fiber : skerry_fiber_t {
  runtime::OutermostCall outermost;  // calls that nothing else is left under
  std::shared_ptr<StoreState> store;
  platform::SwitchableStack stack;

  Fiber(std::shared_ptr<StoreState> of, platform::SwitchableStack memory);
  bool runs_here() const {
    const uintptr_t sp = platform::stack_pointer();
    return sp >= stack_low && sp < stack_high;
  }
  // Returns when the host goes on.
  void leave(skerry_fiber_state_t state) noexcept;
  // Has the host do a function; what it fails with is on its way to whoever called Wasm. Throws
  // nothing.
  Result<void> leave_for_host(uint64_t host_function, uint64_t* slots, const void* caller) noexcept;
};

// In bytes from a fiber's top: where its stack has its address.
inline constexpr uint32_t kFiberAboveTop = 8;

// skerry_func_start of funcs of this type.
Result<skerry_fiber_switch_t> fiber_start(const runtime::PreparedFunc& func);

// A host function that the host does while the fiber is left.
runtime::HostFunc host_func_on_fiber(FuncType type, StoreState& store, uint64_t host_function);
// A stream that the host reads or writes.
std::unique_ptr<wasi::Stream> stream_on_fiber(StoreState& store, uint64_t host_function);
// `call`, of which a fiber's host is told that it may wait.
runtime::HostCall blocking_on_fiber(StoreState& store, runtime::HostCall call);
// The same of native code that may call Wasm: until it is done it stays on its thread.
runtime::HostCall native_on_fiber(StoreState& store, runtime::HostCall call);

}  // namespace skerry::capi
