// Constant expressions, read with the same reader as bodies.
#include "binary/const_expr_reader.h"

#include <cstring>

#include "binary/function_reader.h"

namespace skerry {
namespace {

bool opens_block(Shape shape) {
  return shape == Shape::Block || shape == Shape::Loop || shape == Shape::If ||
         shape == Shape::TryTable;
}

ConstInstr to_const_instr(const Instr& instr) {
  ConstInstr result{.op = instr.op};
  switch (instr.row().imm) {
    case Imm::Global:
    case Imm::Func:
    case Imm::Type: result.index = instr.index; break;
    case Imm::TypeLength:
      result.index = instr.index;
      result.bits = instr.index2;
      break;
    case Imm::HeapType: result.index = instr.heap.bits(); break;
    case Imm::I32: result.bits = static_cast<uint32_t>(instr.value); break;
    case Imm::I64:
    case Imm::F32:
    case Imm::F64: result.bits = instr.value; break;
    case Imm::V128:
      std::memcpy(&result.bits, instr.operand, 8);
      std::memcpy(&result.bits_high, instr.operand + 8, 8);
      break;
    // No other immediate occurs in an expression that validation accepts.
    default: break;
  }
  return result;
}

// `i32.const n end`, the offset of nearly every segment: programs come with 100,000 of them.
bool read_i32_const(ByteReader& in, ConstExpr& expr) {
  constexpr uint8_t kOpcode = static_cast<uint8_t>(info(Op::I32Const).code);
  constexpr uint8_t kEnd = static_cast<uint8_t>(info(Op::End).code);
  ByteReader ahead = in;
  if (ahead.at_end() || *ahead.pos() != kOpcode) return false;
  ahead.set_pos(ahead.pos() + 1);
  const Result<int32_t> value = ahead.s32();
  if (!value || ahead.at_end() || *ahead.pos() != kEnd) return false;
  ahead.set_pos(ahead.pos() + 1);
  expr.offset = in.offset();
  expr.code = Bytes(in.pos(), static_cast<size_t>(ahead.pos() - in.pos()));
  expr.instrs.push_back({.op = Op::I32Const, .bits = static_cast<uint32_t>(*value)});
  in = ahead;
  return true;
}

}  // namespace

Result<void> read_const_expr(ByteReader& in, Features features, ConstExpr& expr) {
  if (read_i32_const(in, expr)) return {};
  CheckedFunctionReader reader(Bytes(in.pos(), in.remaining()), in.offset(), features);
  expr.offset = in.offset();
  Instr instr;
  for (size_t depth = 0;;) {
    if (reader.at_end()) return fail(ErrorCode::UnexpectedEnd, reader.offset());
    if (!reader.next(instr)) return std::unexpected(reader.error());
    if (instr.shape == Shape::End && depth-- == 0) break;
    if (opens_block(instr.shape)) ++depth;
    expr.instrs.push_back(to_const_instr(instr));
  }
  expr.code = Bytes(in.pos(), static_cast<size_t>(reader.pos() - in.pos()));
  in.set_pos(reader.pos());
  return {};
}

Result<ConstExpr> read_const_expr(ByteReader& in, Features features) {
  ConstExpr expr;
  TRY(read_const_expr(in, features, expr));
  return expr;
}

}  // namespace skerry
