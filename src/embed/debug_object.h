// What debuggers read of a piece of generated code: its name, where it is, and how its frame is
// left, as an ELF object file of one section and one symbol with call frame information (DWARF).
// Not here: how a debugger gets it (platform/debugger.h), or when (debugger_names.h).
// Invariant: frames are exact at every call and, where the prologue is one that is known, from the
// first instruction on; in the epilogue they are not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace skerry::embed {

// From `code_offset` on, the return address is at rsp + `frame_bytes`.
struct FrameRow {
  uint32_t code_offset = 0;
  uint32_t frame_bytes = 0;
  bool operator==(const FrameRow&) const = default;
};

struct DebugCode {
  std::string name;
  Bytes code;                    // where it is
  std::vector<FrameRow> frames;  // the first at 0
  // It begins by pushing rbx, rbp and r15, as entry thunks do (Compiler::entry_thunk). What the
  // caller has in other registers that C preserves is not known, nor in these otherwise.
  bool pushes_kept = false;
};

// Of code with a frame of this size: follows the pushes and the subtraction that make it. Where
// they are not all at the start, one row.
std::vector<FrameRow> frames_of(Bytes code, uint32_t frame_bytes);

std::vector<uint8_t> make_debug_object(const DebugCode& code);

}  // namespace skerry::embed
