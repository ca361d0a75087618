// The signatures of opcodes.def in the form the validator uses: operand and result types as
// ValTypes, ready to be compared with the operand stack. Made at compile time.
#pragma once

#include <array>

#include "wasm/opcode.h"
#include "wasm/types.h"

namespace skerry {

struct OpTypes {
  std::array<ValType, 3> operands;  // unused ones, and addresses ('a'), are Bottom
  ValType result;                   // Bottom: none
  uint8_t operand_count = 0;
  uint8_t width_log2 = 0;
};

namespace detail {
constexpr ValType type_of_letter(char letter) {
  switch (letter) {
    case 'i': return ValType::I32;
    case 'I': return ValType::I64;
    case 'f': return ValType::F32;
    case 'F': return ValType::F64;
    case 'v': return ValType::V128;
    default: return ValType::Bottom;
  }
}

constexpr OpTypes make_op_types(const OpInfo& row) {
  OpTypes types;
  for (const char letter : operands(row))
    types.operands[types.operand_count++] = type_of_letter(letter);
  for (const char letter : results(row)) types.result = type_of_letter(letter);
  types.width_log2 = row.width_log2;
  return types;
}
}  // namespace detail

inline constexpr auto kOpTypes = [] {
  std::array<OpTypes, kOpCount> table;
  for (size_t i = 0; i < kOpCount; ++i) table[i] = detail::make_op_types(kOpInfos[i]);
  return table;
}();

}  // namespace skerry
