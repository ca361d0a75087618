// Backtrace: where in Wasm a trap happened, as numbers. A trap itself is an Error value (phase
// Trap) whose position is the module offset of the instruction; the Store keeps the backtrace of
// the last call that failed. Not here: names and source lines. The edge makes text, from the
// module's name section and DWARF.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "code/code.h"

namespace skerry::runtime {

class ModuleCode;

// One Wasm frame. `module` lives as long as the Store.
struct Frame {
  const ModuleCode* module = nullptr;
  uint32_t func = 0;           // in the module's func index space
  uint32_t module_offset = 0;  // of the instruction: the trapping one, or the call
};

// Frames from the innermost outwards. Very deep stacks keep both ends: `omitted` frames are missing
// after the first kBacktraceInner ones.
inline constexpr size_t kBacktraceInner = 64;
inline constexpr size_t kBacktraceOuter = 32;
struct Backtrace {
  std::span<const Frame> frames;
  uint64_t omitted = 0;
};

inline Error trap(TrapCode code, uint64_t module_offset = kNoPosition) {
  return Error{trap_error(code), module_offset, 0, 0};
}

}  // namespace skerry::runtime
