// Constant expressions, read with the same reader as bodies.
#include "binary/const_expr_reader.h"

namespace skerry {
namespace {

constexpr uint8_t kI32Const = static_cast<uint8_t>(info(Op::I32Const).code);
constexpr uint8_t kI64Const = static_cast<uint8_t>(info(Op::I64Const).code);
constexpr uint8_t kEnd = static_cast<uint8_t>(info(Op::End).code);

// Where `i32.const n end` ends, if that is what comes next; else null.
const uint8_t* end_of_i32_const(ByteReader in) {
  const auto opcode = in.u8();
  if (!opcode || *opcode != kI32Const || !in.s32() || in.at_end() || *in.pos() != kEnd)
    return nullptr;
  return in.pos() + 1;
}

}  // namespace

Result<ConstExpr> read_const_expr(ByteReader& in, Features features) {
  const uint64_t offset = in.offset();
  const uint8_t* const begin = in.pos();
  const uint8_t* end = end_of_i32_const(in);
  if (end == nullptr) {
    CheckedFunctionReader reader(Bytes(begin, in.remaining()), offset, features);
    Instr instr;
    for (size_t depth = 0;;) {
      if (reader.at_end()) return fail(ErrorCode::UnexpectedEnd, reader.offset());
      if (!reader.next(instr)) return std::unexpected(reader.error());
      if (instr.shape == Shape::End && depth-- == 0) break;
      if (opens_block(instr.shape)) ++depth;
    }
    end = reader.pos();
  }
  in.set_pos(end);
  return ConstExpr{Bytes(begin, static_cast<size_t>(end - begin)), offset};
}

std::optional<IntConst> single_int_const(const ConstExpr& expr) {
  const uint8_t* p = expr.code.data();
  const uint8_t opcode = *p++;
  if (opcode != kI32Const && opcode != kI64Const) return std::nullopt;
  const uint64_t value = FunctionReader::read_signed_unchecked(p);
  if (p != expr.code.data() + expr.code.size() - 1) return std::nullopt;
  if (opcode == kI32Const) return IntConst{Op::I32Const, static_cast<uint32_t>(value)};
  return IntConst{Op::I64Const, value};
}

}  // namespace skerry
