// Source lines of instructions, from the DWARF line tables (versions 2 to 5) that compilers such as
// clang put into the custom section `.debug_line`. Not here: any other part of DWARF; inlined calls
// are therefore shown as the line that was inlined.
// Invariant: nothing is kept between calls, and the work is bounded by the size of the sections.
// What is malformed has no line; it is never an error.
// Source: DWARF 5, section 6.2; WebAssembly tool conventions, "DWARF for WebAssembly".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wasm/module.h"

namespace skerry {

struct SourceLine {
  std::string file;     // as the compiler was given it: relative names are not made absolute
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1; 0: unknown
  friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

// Contents of the custom sections of these names, empty where there is none.
struct DebugLineSections {
  Bytes debug_line;
  Bytes debug_line_str;
  Bytes debug_str;
};

// One answer an address. Addresses count from the start of the code section's contents.
std::vector<std::optional<SourceLine>> find_source_lines(const DebugLineSections& sections,
                                                         std::span<const uint64_t> addresses);
// The same for offsets in the module.
std::vector<std::optional<SourceLine>> find_source_lines(const Module& module,
                                                         std::span<const uint64_t> offsets);

}  // namespace skerry
