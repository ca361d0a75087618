// Reads constant expressions: the initialisers of globals and tables, offsets and elements of
// segments. Not here: whether the instructions are allowed in one (validation). Invariant: a
// ConstExpr's form has been checked when it was made, so walking one needs no further checks.
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "binary/function_reader.h"
#include "wasm/module.h"

namespace skerry {

// Reads up to and including the `end` that closes the expression; `code` spans the bytes read.
Result<ConstExpr> read_const_expr(ByteReader& in, Features features);

// An expression that is nothing but an `i32.const` (zero-extended) or `i64.const`, as the offsets
// of nearly all segments are.
struct IntConst {
  Op op = Op::I32Const;
  uint64_t value = 0;
};
std::optional<IntConst> single_int_const(const ConstExpr& expr);

// f(const Instr&) for each instruction but the final `end`.
template <class F>
void for_each_instr(const ConstExpr& expr, F&& f) {
  assert(!expr.code.empty());
  FunctionReader reader(expr.code, expr.offset, Features::all());
  const uint8_t* const end = expr.code.data() + expr.code.size() - 1;
  Instr instr;
  while (reader.pos() != end && reader.next(instr)) f(std::as_const(instr));
}

}  // namespace skerry
