// Constant expressions, read with the same reader as bodies.
#include "binary/const_expr_reader.h"

namespace skerry {
namespace {

constexpr uint8_t kI32Const = static_cast<uint8_t>(info(Op::I32Const).code);
constexpr uint8_t kI64Const = static_cast<uint8_t>(info(Op::I64Const).code);
constexpr uint8_t kEnd = static_cast<uint8_t>(info(Op::End).code);

}  // namespace

Result<ConstExpr> read_const_expr(ByteReader& in, Features features) {
  CheckedFunctionReader reader(Bytes(in.pos(), in.remaining()), in.offset(), features);
  Instr instr;
  for (size_t depth = 0;;) {
    if (reader.at_end()) return fail(ErrorCode::UnexpectedEnd, reader.offset());
    if (!reader.next(instr)) return std::unexpected(reader.error());
    if (instr.shape == Shape::End && depth-- == 0) break;
    if (opens_block(instr.shape)) ++depth;
  }
  const ConstExpr expr{Bytes(in.pos(), static_cast<size_t>(reader.pos() - in.pos())), in.offset()};
  in.set_pos(reader.pos());
  return expr;
}

std::optional<IntConst> single_int_const(const ConstExpr& expr) {
  assert(!expr.code.empty());
  const uint8_t* p = expr.code.data();
  const uint8_t opcode = *p++;
  if (opcode != kI32Const && opcode != kI64Const) return std::nullopt;
  const uint64_t value = FunctionReader::read_signed_unchecked(p);
  if (p != expr.code.data() + expr.code.size() - 1) return std::nullopt;
  if (opcode == kI32Const) return IntConst{Op::I32Const, static_cast<uint32_t>(value)};
  return IntConst{Op::I64Const, value};
}

}  // namespace skerry
