// The two-operand and three-operand ways of saying the same.
#include "baseline/x64/simd_code.h"

namespace skerry::baseline::x64 {

namespace {

bool is_register(const Operand& operand, const Xmm& reg) {
  return operand.isXMM() && operand.getIdx() == reg.getIdx();
}

}  // namespace

void VectorCode::move(const Xmm& dest, const Xmm& source) {
  if (dest == source) return;
  vex_ ? code_.vmovaps(dest, source) : code_.movaps(dest, source);
}

void VectorCode::zero(const Xmm& dest) { op(SIMD_BINARY(pxor), dest, dest, dest); }

void VectorCode::ones(const Xmm& dest) { op(SIMD_BINARY(pcmpeqd), dest, dest, dest); }

void VectorCode::load_const(const Xmm& dest, Vector value) {
  if (value == Vector()) return zero(dest);
  if (value == kOnes) return ones(dest);
  op(SIMD_UNARY(movaps), dest, code_.pool_operand());
  code_.pool_reference(value.low, value.high);
}

void VectorCode::op(const BinaryForm& form, const Xmm& dest, const Xmm& left,
                    const Operand& right) {
  if (vex_) return form.vex(code_, dest, left, right);
  if (dest != left && is_register(right, dest)) {
    assert(is_scratch(left));
    form.sse(code_, left, right);
    return move(dest, left);
  }
  move(dest, left);
  form.sse(code_, dest, right);
}

void VectorCode::op(const BinaryForm& form, const Xmm& dest, const Xmm& left, Vector right) {
  op(form, dest, left, code_.pool_operand());
  code_.pool_reference(right.low, right.high);
}

void VectorCode::shift(const ShiftForm& form, const Xmm& dest, const Xmm& source, uint8_t count) {
  if (vex_) return form.vex(code_, dest, source, count);
  move(dest, source);
  form.sse(code_, dest, count);
}

void VectorCode::invert(const Xmm& dest, const Xmm& scratch) {
  assert(is_scratch(scratch) && !is_scratch(dest));
  if (vex_) return op(SIMD_BINARY(pxor), dest, scratch, kOnes);
  ones(dest);
  code_.pxor(dest, scratch);
}

void VectorCode::upper_half(const Xmm& dest, const Xmm& source) {
  constexpr uint8_t kUpperTwice = 0xee;
  op(SIMD_UNARY_IMM(pshufd, kUpperTwice), dest, source);
}

Xmm VectorCode::arrange(const Xmm& dest, const Xmm& left, const Xmm& right) {
  assert(!vex_ && !is_scratch(left));
  if (dest == left) return right;
  if (dest != right) {
    move(dest, left);
    return right;
  }
  move(kVector1, right);
  move(dest, left);
  return kVector1;
}

}  // namespace skerry::baseline::x64
