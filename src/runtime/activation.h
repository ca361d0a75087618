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

// The thread's word: null at first, the innermost activation while there is one, and this once
// there has been one. So a look at the word says whether a thread is prepared and in no call.
inline constexpr uintptr_t kBetweenCalls = 1;
inline bool is_between_calls() {
  return reinterpret_cast<uintptr_t>(platform::thread_word()) == kBetweenCalls;
}

// Innermost first; null if the thread runs no Wasm.
inline Activation* innermost_activation() {
  void* const word = platform::thread_word();
  return reinterpret_cast<uintptr_t>(word) == kBetweenCalls ? nullptr
                                                            : static_cast<Activation*>(word);
}
// Null: of a thread that has had one.
inline void set_innermost_activation(Activation* activation) {
  platform::set_thread_word(activation != nullptr ? activation
                                                  : reinterpret_cast<void*>(kBetweenCalls));
}

}  // namespace skerry::runtime
