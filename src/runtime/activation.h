// Activation: one entry from the host into Wasm. Those of a thread are a chain that fault handlers
// read. Not here: who makes them (entry.h, call.cc) and how they are left early (traps.h).
#pragma once

#include <cstdint>

#include "code/code.h"
#include "platform/threads.h"

namespace skerry::runtime {

class Store;

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

}  // namespace skerry::runtime
