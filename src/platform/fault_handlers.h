// Fault handlers: the process's reaction to memory faults, illegal instructions and integer
// division errors. One client (the runtime) is asked first; it may change where the thread goes on.
// Everything it does not know goes to whoever was there before. Not here: what is a trap. The
// client decides by pc. Invariant: handlers run on the alternate stack (Unix) and keep errno / the
// last error; a fault inside a shared library that holds this code is reported as a bug and ends
// the process instead of being taken for the host program's.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "platform/threads.h"

namespace skerry::platform {

struct Fault {
  enum Kind : uint8_t { Memory, IllegalInstruction, Arithmetic };
  Kind kind = Memory;
  uint64_t pc = 0;       // changed by the client to say where to go on
  uint64_t sp = 0;       // likewise
  uint64_t address = 0;  // kind Memory: what was accessed; 0 if the processor does not say
};

// True: go on at fault.pc with fault.sp. Runs in a signal or exception handler: no locks, no
// allocation.
using FaultClient = bool (*)(Fault& fault);

// Once a process; later calls with the same client do nothing. Never undone.
Result<void> install_fault_handlers(FaultClient client);

// Gives the current thread an alternate signal stack if it has none, and finds out what
// thread_stack() says. Fast after the first time.
#ifdef _WIN32
// Handlers run on the thread's own stack; stack limits leave room for them.
inline void prepare_thread_for_faults() {}
#else
void prepare_unprepared_thread();  // for prepare_thread_for_faults() alone
inline void prepare_thread_for_faults() {
  if (!thread_facts.takes_faults) [[unlikely]]
    prepare_unprepared_thread();
}
#endif

}  // namespace skerry::platform
