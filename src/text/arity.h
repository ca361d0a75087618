// How many operands an instruction takes and how many results it leaves: what the printer needs to
// fold operands into instructions. Only the look of the text depends on it, not its meaning.
// Not here: types. Instructions of an invalid module get some number.
#pragma once

#include <cstdint>
#include <span>

#include "binary/function_reader.h"
#include "wasm/module.h"

namespace skerry::text {

struct Arity {
  uint32_t operands = 0;
  uint32_t results = 0;
};

// What a block takes and leaves.
Arity block_arity(const Module& module, const BlockType& type);

// For everything but `block`, `loop`, `if`, `try_table`, `else` and `end`. `branch_operands` are
// the numbers of operands a branch to each open label takes, innermost last; the first is the
// function.
Arity arity_of(const Module& module, const Instr& instr, std::span<const uint32_t> branch_operands);

}  // namespace skerry::text
