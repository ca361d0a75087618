// Module -> text that parses back to the same module: same types, bodies, segments, custom sections
// and name section. What the text format cannot say is normalised: overlong LEB128s, split local
// declarations, a data count section that no body needs.
// Not here: validation. An invalid module prints as long as its bodies decode.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "wasm/module.h"

namespace skerry::text {

struct PrintOptions {
  // Operands inside their instruction, `(i32.add (local.get 0) (i32.const 1))`; otherwise one
  // instruction a line.
  bool fold = false;
  // Identifiers from the name section; otherwise indices, and the name section as bytes.
  bool names = true;
  // `(;@1f4;)` in front of instructions: the module offset.
  bool offsets = false;
};

// Fails where a body does not decode; the error's position is a module offset.
Result<std::string> print_module(const Module& module, const PrintOptions& options = {});

// An instruction as print_module() writes it.
struct InstrLine {
  uint64_t offset = 0;  // in the module
  unsigned depth = 0;   // blocks around it
  std::string text;
};

// The instructions of a defined func, one a line, its final `end` as well. Fails as print_module().
Result<std::vector<InstrLine>> list_instrs(const Module& module, uint32_t func);

}  // namespace skerry::text
