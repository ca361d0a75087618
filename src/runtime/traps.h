// How Wasm is left early: the chain of activations of a thread, backtraces, traps raised by
// builtins and by faults in generated code. Not here: the activations' entry (call.cc) or what a
// trap means to the embedder. Invariant: whoever unwinds has put an Error into the Store first.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "code/code.h"
#include "code/context.h"
#include "platform/fault_handlers.h"
#include "platform/threads.h"
#include "runtime/trap.h"

namespace skerry::runtime {

class Store;

// One entry from the host into Wasm, on the host's stack.
struct Activation : VmActivation {
  Activation* previous = nullptr;
  Store* store = nullptr;
  // The context whose host call made this entry, and where it called out; null at the outermost.
  VmContext* caller = nullptr;
  uint64_t caller_exit_rsp = 0;
};

// Innermost first; null if the thread runs no Wasm.
inline Activation* innermost_activation() {
  return static_cast<Activation*>(platform::thread_word());
}
inline void set_innermost_activation(Activation* activation) {
  platform::set_thread_word(activation);
}

// Leaves the innermost activation with this Error. `context` is the instance that called out of
// Wasm; a trap without a position gets that of the calling instruction. Frames between are not
// unwound: they must not hold anything with a destructor. `innermost`: a func that was called but
// has no frame of its own.
[[noreturn]] void raise_error(VmContext& context, const Error& error,
                              const Frame* innermost = nullptr);
[[noreturn]] void raise_trap(VmContext& context, TrapCode trap);
// Leaves it with the Error that a host function has put into the Store.
[[noreturn]] void raise_host_error(VmContext& context);

// The func that called out of Wasm, at the call; absent if its code is not known.
std::optional<Frame> calling_frame(const VmContext& context);

// The client of platform's fault handlers: faults at known sites of generated code become traps.
bool fault_in_wasm(platform::Fault& fault);

// The client of platform's pause signal: a Store whose generated code is at `pc`, on this thread,
// calls its tick handler at its next poll. Elsewhere it does nothing: whoever sends such signals
// sends them again.
void pause_in_wasm(uint64_t pc);

}  // namespace skerry::runtime
