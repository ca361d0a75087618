// Constant folding of integer instructions: the specification's arithmetic on values known at
// compile time. What could trap is not folded.
#pragma once

#include <cstdint>
#include <optional>

#include "wasm/opcode.h"

namespace skerry::baseline {

// The result of a two-operand integer instruction, i32 results zero-extended.
std::optional<uint64_t> fold_binary(Op op, uint64_t a, uint64_t b);
// The result (0 or 1) of an integer comparison.
std::optional<uint64_t> fold_compare(Op op, uint64_t a, uint64_t b);

}  // namespace skerry::baseline
