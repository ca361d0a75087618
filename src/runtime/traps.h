// How Wasm is left early: backtraces, traps raised by
// builtins and by faults in generated code. Not here: the activations' entry (call.cc) or what a
// trap means to the embedder. Invariant: whoever unwinds has put an Error into the Store first.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "code/code.h"
#include "code/context.h"
#include "platform/fault_handlers.h"
#include "runtime/activation.h"
#include "runtime/trap.h"

namespace skerry::runtime {

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
