// An opcode taken apart: what it computes (operations.def) and on which lanes. Not here: what LLVM
// calls either. Invariant: an opcode without an operation is one that no row of operations.def
// names, so a new row in opcodes.def is refused by this tier until it is known here.
#pragma once

#include <cstdint>
#include <optional>

#include "wasm/opcode.h"

namespace skerry::llvm_tier {

enum class Operation : uint8_t {
#define OPERATION(name, suffix) name,
#include "llvm/operations.def"
#undef OPERATION
};

// The type before the dot. "v128" has one lane of no use by itself; scalars have one lane.
struct Lanes {
  uint8_t bits = 0;  // of one
  uint8_t count = 0;
  bool is_float = false;
  bool is_vector() const { return count > 1; }
};

std::optional<Operation> operation_of(Op op);
Lanes lanes_of(Op op);

}  // namespace skerry::llvm_tier
