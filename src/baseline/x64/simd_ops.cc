// v128 instructions: from the operand stack to registers and back. What is emitted in between is
// in the rows of simd_int.cc and simd_float.cc, and in simd_lanes.cc and simd_memory.cc.
#include <array>

#include "baseline/x64/func_compiler.h"
#include "baseline/x64/simd_code.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

// The rows by opcode; null where an opcode has none of that kind.
struct RowIndex {
  static constexpr unsigned kFirst = static_cast<unsigned>(Op::V128Load);
  static constexpr unsigned kCount = static_cast<unsigned>(kSimdOps.size());

  RowIndex() {
    for (const UnaryRow& row : int_unary_rows()) unary[position(row.op)] = &row;
    for (const UnaryRow& row : float_unary_rows()) unary[position(row.op)] = &row;
    for (const BinaryRow& row : int_binary_rows()) binary[position(row.op)] = &row;
    for (const BinaryRow& row : float_binary_rows()) binary[position(row.op)] = &row;
    for (const ShiftRow& row : shift_rows()) shift[position(row.op)] = &row;
  }
  static size_t position(Op op) {
    const size_t position = static_cast<size_t>(op) - kFirst;
    assert(position < kCount);
    return position;
  }

  std::array<const UnaryRow*, kCount> unary{};
  std::array<const BinaryRow*, kCount> binary{};
  std::array<const ShiftRow*, kCount> shift{};
};

const RowIndex& rows() {
  static const RowIndex index;
  return index;
}

}  // namespace

VectorCode FuncCompiler::vector_code() { return VectorCode(code_, cpu_.avx2); }

bool FuncCompiler::on_simd(const Instr& instr) {
  if (instr.row().feature != Feature::Simd) return false;
  switch (instr.shape) {
    case Shape::Shuffle: on_simd_shuffle(instr); return true;
    case Shape::ExtractLane: on_simd_extract_lane(instr); return true;
    case Shape::ReplaceLane: on_simd_replace_lane(instr); return true;
    case Shape::LoadLane: on_simd_load_lane(instr); return true;
    case Shape::StoreLane: on_simd_store_lane(instr); return true;
    case Shape::Shift: on_simd_shift(instr); return true;
    case Shape::Ternary: on_simd_bitselect(); return true;
    case Shape::Binary:
      instr.op == Op::I8x16Swizzle ? on_simd_swizzle() : on_simd_binary(instr);
      return true;
    default: break;
  }
  assert(instr.shape == Shape::Unary);
  if (operands(instr.row()) != "v") {
    on_simd_splat(instr);
  } else if (results(instr.row()) == "v") {
    on_simd_unary(instr);
  } else {
    on_simd_to_int(instr);
  }
  return true;
}

void FuncCompiler::on_simd_unary(const Instr& instr) {
  const UnaryRow* row = rows().unary[RowIndex::position(instr.op)];
  assert(row);
  const Value a = pop();
  lock_value(a);
  const RegNumber source = use(a);
  const Dest dest = dest_for(true, &a);
  VectorCode v = vector_code();
  row->sequence ? row->sequence(v, xmm(dest.reg), xmm(source))
                : v.op(row->form, xmm(dest.reg), xmm(source));
  release(a);
  finish(dest, ValType::V128);
}

void FuncCompiler::on_simd_binary(const Instr& instr) {
  const BinaryRow* row = rows().binary[RowIndex::position(instr.op)];
  assert(row);
  Value b = pop();
  Value a = pop();
  if (row->order == BinaryRow::Swapped || (row->order == BinaryRow::Commutes && a.is_const()))
    std::swap(a, b);
  lock_value(a);
  lock_value(b);
  const RegNumber left = use(a);
  VectorCode v = vector_code();
  if (row->sequence) {
    const RegNumber right = use(b);
    const Dest dest = dest_for(true, &a);
    // Sequences still read the right operand when they have begun to write the result.
    const RegNumber work = dest.reg == right && right != left ? alloc(true) : dest.reg;
    row->sequence(v, xmm(work), xmm(left), xmm(right));
    v.move(xmm(dest.reg), xmm(work));
    release(a);
    release(b);
    return finish(dest, ValType::V128);
  }
  const bool pooled = b.is_const() && row->tail == BinaryRow::NoImmediate;
  const RegNumber right = pooled ? kNoReg : use(b);
  const Dest dest = dest_for(true, &a, &b);
  const Xmm to = xmm(dest.reg);
  if (pooled) {
    v.op(row->form, to, xmm(left), Vector{b.low, b.high});
  } else if (v.vex()) {
    row->form.vex(code_, to, xmm(left), xmm(right));
  } else if (row->order == BinaryRow::Commutes && dest.reg == right) {
    row->form.sse(code_, to, xmm(left));
  } else {
    const Xmm other = v.arrange(to, xmm(left), xmm(right));
    row->form.sse(code_, to, other);
  }
  release(a);
  release(b);
  finish(dest, ValType::V128);
}

// (a & mask) | (b & ~mask), with one scratch register as ((a ^ b) & mask) ^ b.
void FuncCompiler::on_simd_bitselect() {
  const Value mask = pop();
  const Value b = pop();
  const Value a = pop();
  for (const Value* value : {&a, &b, &mask}) lock_value(*value);
  const RegNumber first = use(a), second = use(b), chooser = use(mask);
  const Dest dest = dest_for(true, &a, &b);
  const Xmm to = xmm(dest.reg);
  VectorCode v = vector_code();
  v.op(SIMD_BINARY(pxor), kVector1, xmm(first), xmm(second));
  v.op(SIMD_BINARY(pand), kVector1, kVector1, xmm(chooser));
  // Either order of operands will do; this one never finds the result in its way.
  dest.reg == second ? v.op(SIMD_BINARY(pxor), to, to, kVector1)
                     : v.op(SIMD_BINARY(pxor), to, kVector1, xmm(second));
  for (const Value* value : {&a, &b, &mask}) release(*value);
  finish(dest, ValType::V128);
}

void FuncCompiler::on_simd_shift(const Instr& instr) {
  const ShiftRow& row = *rows().shift[RowIndex::position(instr.op)];
  const Value count = pop();
  const Value a = pop();
  lock_value(a);
  lock_value(count);
  const RegNumber source = use(a);
  VectorCode v = vector_code();
  if (count.is_const()) {
    const Dest dest = dest_for(true, &a);
    shift_by_constant(v, row, xmm(dest.reg), xmm(source), static_cast<uint32_t>(count.low));
    release(a);
    return finish(dest, ValType::V128);
  }
  load(kScratch, count);
  release(count);
  const Dest dest = dest_for(true, &a);
  code_.and_(r11d, row.lane_bits - 1u);
  if (shift_bias(row) != 0) code_.add(r11d, shift_bias(row));
  code_.movd(kVector1, r11d);
  shift_by_register(v, row, xmm(dest.reg), xmm(source));
  release(a);
  finish(dest, ValType::V128);
}

namespace {

const BinaryForm& compare_equal(Op op) {
  static constexpr BinaryForm kForms[] = {SIMD_BINARY(pcmpeqb), SIMD_BINARY(pcmpeqw),
                                          SIMD_BINARY(pcmpeqd), SIMD_BINARY(pcmpeqq)};
  switch (op) {
    case Op::I8x16AllTrue: return kForms[0];
    case Op::I16x8AllTrue: return kForms[1];
    case Op::I32x4AllTrue: return kForms[2];
    default: return kForms[3];
  }
}

}  // namespace

// any_true, all_true and bitmask.
void FuncCompiler::on_simd_to_int(const Instr& instr) {
  const Value a = pop();
  lock_value(a);
  const Xmm from = xmm(use(a));
  switch (instr.op) {
    case Op::V128AnyTrue: {
      const FlagUse plan = plan_flag_use();
      code_.ptest(from, from);
      release(a);
      return consume_flags(plan, {Flags::Plain, Cond::NE});
    }
    case Op::I8x16AllTrue:
    case Op::I16x8AllTrue:
    case Op::I32x4AllTrue:
    case Op::I64x2AllTrue: {
      const FlagUse plan = plan_flag_use();
      VectorCode v = vector_code();
      v.zero(kVector1);
      v.op(compare_equal(instr.op), kVector1, kVector1, from);  // all zeros if no lane is zero
      code_.ptest(kVector1, kVector1);
      release(a);
      return consume_flags(plan, {Flags::Plain, Cond::E});
    }
    default: break;
  }
  const Dest dest = dest_for(false);
  const auto to = r32(dest.reg);
  switch (instr.op) {
    case Op::I8x16Bitmask: code_.pmovmskb(to, from); break;
    case Op::I32x4Bitmask: code_.movmskps(to, from); break;
    case Op::I64x2Bitmask: code_.movmskpd(to, from); break;
    default: {  // i16x8.bitmask: packing keeps the signs
      VectorCode v = vector_code();
      v.zero(kVector1);
      v.op(SIMD_BINARY(packsswb), kVector1, kVector1, from);
      code_.pmovmskb(to, kVector1);
      code_.shr(to, 8);
      break;
    }
  }
  release(a);
  finish(dest, ValType::I32);
}

}  // namespace skerry::baseline::x64
