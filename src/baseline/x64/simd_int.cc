// v128 as integer lanes: one row an opcode. Where the ISA has the instruction the row names it;
// the sequences above the tables fill its gaps: unsigned and inverted comparisons, 8-bit shifts,
// most of 64-bit lanes, widening multiplications.
#include <array>

#include "baseline/x64/simd_code.h"

namespace skerry::baseline::x64 {

namespace {

// --- Comparisons -------------------------------------------------------------------------------

void inverted(VectorCode& v, const BinaryForm& compare, const Xmm& dest, const Xmm& left,
              const Xmm& right) {
  v.op(compare, kVector1, left, right);
  v.invert(dest, kVector1);
}

// left <= right where `bound` is the minimum, left >= right where it is the maximum.
void bounded(VectorCode& v, const BinaryForm& bound, const BinaryForm& equal, const Xmm& dest,
             const Xmm& left, const Xmm& right) {
  v.op(bound, kVector1, left, right);
  v.op(equal, dest, left, kVector1);
}

void not_bounded(VectorCode& v, const BinaryForm& bound, const BinaryForm& equal, const Xmm& dest,
                 const Xmm& left, const Xmm& right) {
  v.op(bound, kVector1, left, right);
  v.op(equal, kVector1, kVector1, left);
  v.invert(dest, kVector1);
}

#define SEQUENCE2(call) \
  [](VectorCode& v, const Xmm& dest, const Xmm& left, const Xmm& right) { call; }
#define NOT(form) SEQUENCE2(inverted(v, SIMD_BINARY(form), dest, left, right))
#define NOT_SWAPPED(form) SEQUENCE2(inverted(v, SIMD_BINARY(form), dest, right, left))
#define BOUNDED(bound, equal) \
  SEQUENCE2(bounded(v, SIMD_BINARY(bound), SIMD_BINARY(equal), dest, left, right))
#define NOT_BOUNDED(bound, equal) \
  SEQUENCE2(not_bounded(v, SIMD_BINARY(bound), SIMD_BINARY(equal), dest, left, right))

// --- One operand -------------------------------------------------------------------------------

void i64_abs(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.zero(kVector1);
  v.op(SIMD_BINARY(pcmpgtq), kVector1, kVector1, source);  // all ones where negative
  v.op(SIMD_BINARY(pxor), dest, source, kVector1);
  v.op(SIMD_BINARY(psubq), dest, dest, kVector1);
}

void i64_neg(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.zero(kVector1);
  v.op(SIMD_BINARY(psubq), dest, kVector1, source);
}

// Looks both halves of each byte up in a table of 16 counts.
void i8_popcnt(VectorCode& v, const Xmm& dest, const Xmm& source) {
  constexpr Vector kCounts = {0x0302020102010100, 0x0403030203020201};
  constexpr Vector kLowHalf = splat8(0x0f);
  v.shift(SIMD_SHIFT(psrlw), kVector1, source, 4);
  v.op(SIMD_BINARY(pand), kVector2, source, kLowHalf);
  v.op(SIMD_BINARY(pand), kVector1, kVector1, kLowHalf);
  v.load_const(dest, kCounts);
  v.op(SIMD_BINARY(pshufb), dest, dest, kVector2);
  v.load_const(kVector2, kCounts);
  v.op(SIMD_BINARY(pshufb), kVector2, kVector2, kVector1);
  v.op(SIMD_BINARY(paddb), dest, dest, kVector2);
}

// The product of unsigned bytes with signed ones, added in pairs.
void extadd_i8_signed(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.load_const(kVector1, splat8(1));
  v.op(SIMD_BINARY(pmaddubsw), dest, kVector1, source);
}

// Through signed lanes: 0x8000 less each, 0x10000 more each pair.
void extadd_i16_unsigned(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.op(SIMD_BINARY(pxor), dest, source, splat16(0x8000));
  v.op(SIMD_BINARY(pmaddwd), dest, dest, splat16(1));
  v.op(SIMD_BINARY(paddd), dest, dest, splat32(0x10000));
}

void extend_high(VectorCode& v, const UnaryForm& extend, const Xmm& dest, const Xmm& source) {
  v.upper_half(dest, source);
  v.op(extend, dest, dest);
}

#define SEQUENCE1(call) [](VectorCode& v, const Xmm& dest, const Xmm& source) { call; }
#define WITH_CONST(form, value) SEQUENCE1(v.op(SIMD_BINARY(form), dest, source, value))
#define EXTEND_HIGH(form) SEQUENCE1(extend_high(v, SIMD_UNARY(form), dest, source))

// --- Two operands ------------------------------------------------------------------------------

// From 32-bit halves; the product of the upper ones lies outside the result.
void i64_mul(VectorCode& v, const Xmm& dest, const Xmm& left, const Xmm& right) {
  v.shift(SIMD_SHIFT(psrlq), kVector1, left, 32);
  v.shift(SIMD_SHIFT(psrlq), kVector2, right, 32);
  v.op(SIMD_BINARY(pmuludq), kVector1, kVector1, right);
  v.op(SIMD_BINARY(pmuludq), kVector2, kVector2, left);
  v.op(SIMD_BINARY(paddq), kVector1, kVector1, kVector2);
  v.shift(SIMD_SHIFT(psllq), kVector1, kVector1, 32);
  v.op(SIMD_BINARY(pmuludq), dest, left, right);
  v.op(SIMD_BINARY(paddq), dest, dest, kVector1);
}

// pmulhrsw does not saturate: -1 * -1 comes out as 0x8000, which no other product gives.
void q15mulr(VectorCode& v, const Xmm& dest, const Xmm& left, const Xmm& right) {
  v.op(SIMD_BINARY(pmulhrsw), dest, left, right);
  v.op(SIMD_BINARY(pcmpeqw), kVector1, dest, splat16(0x8000));
  v.op(SIMD_BINARY(pxor), dest, dest, kVector1);
}

void extmul_i8(VectorCode& v, const UnaryForm& extend, bool high, const Xmm& dest, const Xmm& left,
               const Xmm& right) {
  if (high) {
    v.upper_half(kVector1, left);
    v.upper_half(kVector2, right);
  }
  v.op(extend, kVector1, high ? kVector1 : left);
  v.op(extend, kVector2, high ? kVector2 : right);
  v.op(SIMD_BINARY(pmullw), dest, kVector1, kVector2);
}

// Lower and upper halves of the products, interleaved.
void extmul_i16(VectorCode& v, const BinaryForm& upper, const BinaryForm& interleave,
                const Xmm& dest, const Xmm& left, const Xmm& right) {
  v.op(upper, kVector1, left, right);
  v.op(SIMD_BINARY(pmullw), dest, left, right);
  v.op(interleave, dest, dest, kVector1);
}

// Each lane of a half goes to an even place, where the multiplication looks.
void extmul_i32(VectorCode& v, const BinaryForm& multiply, const UnaryForm& spread, const Xmm& dest,
                const Xmm& left, const Xmm& right) {
  v.op(spread, kVector1, left);
  v.op(spread, kVector2, right);
  v.op(multiply, dest, kVector1, kVector2);
}

#define EXTMUL_I8(extend, high) SEQUENCE2(extmul_i8(v, SIMD_UNARY(extend), high, dest, left, right))
#define EXTMUL_I16(upper, interleave) \
  SEQUENCE2(extmul_i16(v, SIMD_BINARY(upper), SIMD_BINARY(interleave), dest, left, right))
constexpr UnaryForm kSpreadLow = SIMD_UNARY_IMM(pshufd, 0x50);   // 0 0 1 1
constexpr UnaryForm kSpreadHigh = SIMD_UNARY_IMM(pshufd, 0xfa);  // 2 2 3 3
#define EXTMUL_I32(multiply, spread) \
  SEQUENCE2(extmul_i32(v, SIMD_BINARY(multiply), spread, dest, left, right))

// --- Tables ------------------------------------------------------------------------------------

constexpr auto kUnaryRows = std::to_array<UnaryRow>({
    {Op::V128Not, WITH_CONST(pxor, kOnes)},

    {Op::I8x16Abs, SIMD_UNARY(pabsb)},
    {Op::I16x8Abs, SIMD_UNARY(pabsw)},
    {Op::I32x4Abs, SIMD_UNARY(pabsd)},
    {Op::I64x2Abs, i64_abs},
    {Op::I8x16Neg, WITH_CONST(psignb, kOnes)},
    {Op::I16x8Neg, WITH_CONST(psignw, kOnes)},
    {Op::I32x4Neg, WITH_CONST(psignd, kOnes)},
    {Op::I64x2Neg, i64_neg},
    {Op::I8x16Popcnt, i8_popcnt},

    {Op::I16x8ExtaddPairwiseI8x16S, extadd_i8_signed},
    {Op::I16x8ExtaddPairwiseI8x16U, WITH_CONST(pmaddubsw, splat8(1))},
    {Op::I32x4ExtaddPairwiseI16x8S, WITH_CONST(pmaddwd, splat16(1))},
    {Op::I32x4ExtaddPairwiseI16x8U, extadd_i16_unsigned},

    {Op::I16x8ExtendLowI8x16S, SIMD_UNARY(pmovsxbw)},
    {Op::I16x8ExtendHighI8x16S, EXTEND_HIGH(pmovsxbw)},
    {Op::I16x8ExtendLowI8x16U, SIMD_UNARY(pmovzxbw)},
    {Op::I16x8ExtendHighI8x16U, EXTEND_HIGH(pmovzxbw)},
    {Op::I32x4ExtendLowI16x8S, SIMD_UNARY(pmovsxwd)},
    {Op::I32x4ExtendHighI16x8S, EXTEND_HIGH(pmovsxwd)},
    {Op::I32x4ExtendLowI16x8U, SIMD_UNARY(pmovzxwd)},
    {Op::I32x4ExtendHighI16x8U, EXTEND_HIGH(pmovzxwd)},
    {Op::I64x2ExtendLowI32x4S, SIMD_UNARY(pmovsxdq)},
    {Op::I64x2ExtendHighI32x4S, EXTEND_HIGH(pmovsxdq)},
    {Op::I64x2ExtendLowI32x4U, SIMD_UNARY(pmovzxdq)},
    {Op::I64x2ExtendHighI32x4U, EXTEND_HIGH(pmovzxdq)},
});

constexpr BinaryRow::Order kAsWritten = BinaryRow::AsWritten;
constexpr BinaryRow::Order kSwapped = BinaryRow::Swapped;
constexpr BinaryRow::Order kCommutes = BinaryRow::Commutes;

constexpr auto kBinaryRows = std::to_array<BinaryRow>({
    {Op::V128And, kCommutes, SIMD_BINARY(pand)},
    {Op::V128Andnot, kSwapped, SIMD_BINARY(pandn)},
    {Op::V128Or, kCommutes, SIMD_BINARY(por)},
    {Op::V128Xor, kCommutes, SIMD_BINARY(pxor)},

    {Op::I8x16Eq, kCommutes, SIMD_BINARY(pcmpeqb)},
    {Op::I8x16Ne, NOT(pcmpeqb)},
    {Op::I8x16LtS, kSwapped, SIMD_BINARY(pcmpgtb)},
    {Op::I8x16LtU, NOT_BOUNDED(pmaxub, pcmpeqb)},
    {Op::I8x16GtS, kAsWritten, SIMD_BINARY(pcmpgtb)},
    {Op::I8x16GtU, NOT_BOUNDED(pminub, pcmpeqb)},
    {Op::I8x16LeS, BOUNDED(pminsb, pcmpeqb)},
    {Op::I8x16LeU, BOUNDED(pminub, pcmpeqb)},
    {Op::I8x16GeS, BOUNDED(pmaxsb, pcmpeqb)},
    {Op::I8x16GeU, BOUNDED(pmaxub, pcmpeqb)},

    {Op::I16x8Eq, kCommutes, SIMD_BINARY(pcmpeqw)},
    {Op::I16x8Ne, NOT(pcmpeqw)},
    {Op::I16x8LtS, kSwapped, SIMD_BINARY(pcmpgtw)},
    {Op::I16x8LtU, NOT_BOUNDED(pmaxuw, pcmpeqw)},
    {Op::I16x8GtS, kAsWritten, SIMD_BINARY(pcmpgtw)},
    {Op::I16x8GtU, NOT_BOUNDED(pminuw, pcmpeqw)},
    {Op::I16x8LeS, BOUNDED(pminsw, pcmpeqw)},
    {Op::I16x8LeU, BOUNDED(pminuw, pcmpeqw)},
    {Op::I16x8GeS, BOUNDED(pmaxsw, pcmpeqw)},
    {Op::I16x8GeU, BOUNDED(pmaxuw, pcmpeqw)},

    {Op::I32x4Eq, kCommutes, SIMD_BINARY(pcmpeqd)},
    {Op::I32x4Ne, NOT(pcmpeqd)},
    {Op::I32x4LtS, kSwapped, SIMD_BINARY(pcmpgtd)},
    {Op::I32x4LtU, NOT_BOUNDED(pmaxud, pcmpeqd)},
    {Op::I32x4GtS, kAsWritten, SIMD_BINARY(pcmpgtd)},
    {Op::I32x4GtU, NOT_BOUNDED(pminud, pcmpeqd)},
    {Op::I32x4LeS, BOUNDED(pminsd, pcmpeqd)},
    {Op::I32x4LeU, BOUNDED(pminud, pcmpeqd)},
    {Op::I32x4GeS, BOUNDED(pmaxsd, pcmpeqd)},
    {Op::I32x4GeU, BOUNDED(pmaxud, pcmpeqd)},

    {Op::I64x2Eq, kCommutes, SIMD_BINARY(pcmpeqq)},
    {Op::I64x2Ne, NOT(pcmpeqq)},
    {Op::I64x2LtS, kSwapped, SIMD_BINARY(pcmpgtq)},
    {Op::I64x2GtS, kAsWritten, SIMD_BINARY(pcmpgtq)},
    {Op::I64x2LeS, NOT(pcmpgtq)},
    {Op::I64x2GeS, NOT_SWAPPED(pcmpgtq)},

    {Op::I8x16NarrowI16x8S, kAsWritten, SIMD_BINARY(packsswb)},
    {Op::I8x16NarrowI16x8U, kAsWritten, SIMD_BINARY(packuswb)},
    {Op::I16x8NarrowI32x4S, kAsWritten, SIMD_BINARY(packssdw)},
    {Op::I16x8NarrowI32x4U, kAsWritten, SIMD_BINARY(packusdw)},

    {Op::I8x16Add, kCommutes, SIMD_BINARY(paddb)},
    {Op::I8x16AddSatS, kCommutes, SIMD_BINARY(paddsb)},
    {Op::I8x16AddSatU, kCommutes, SIMD_BINARY(paddusb)},
    {Op::I8x16Sub, kAsWritten, SIMD_BINARY(psubb)},
    {Op::I8x16SubSatS, kAsWritten, SIMD_BINARY(psubsb)},
    {Op::I8x16SubSatU, kAsWritten, SIMD_BINARY(psubusb)},
    {Op::I8x16MinS, kCommutes, SIMD_BINARY(pminsb)},
    {Op::I8x16MinU, kCommutes, SIMD_BINARY(pminub)},
    {Op::I8x16MaxS, kCommutes, SIMD_BINARY(pmaxsb)},
    {Op::I8x16MaxU, kCommutes, SIMD_BINARY(pmaxub)},
    {Op::I8x16AvgrU, kCommutes, SIMD_BINARY(pavgb)},

    {Op::I16x8Q15mulrSatS, q15mulr},
    {Op::I16x8Add, kCommutes, SIMD_BINARY(paddw)},
    {Op::I16x8AddSatS, kCommutes, SIMD_BINARY(paddsw)},
    {Op::I16x8AddSatU, kCommutes, SIMD_BINARY(paddusw)},
    {Op::I16x8Sub, kAsWritten, SIMD_BINARY(psubw)},
    {Op::I16x8SubSatS, kAsWritten, SIMD_BINARY(psubsw)},
    {Op::I16x8SubSatU, kAsWritten, SIMD_BINARY(psubusw)},
    {Op::I16x8Mul, kCommutes, SIMD_BINARY(pmullw)},
    {Op::I16x8MinS, kCommutes, SIMD_BINARY(pminsw)},
    {Op::I16x8MinU, kCommutes, SIMD_BINARY(pminuw)},
    {Op::I16x8MaxS, kCommutes, SIMD_BINARY(pmaxsw)},
    {Op::I16x8MaxU, kCommutes, SIMD_BINARY(pmaxuw)},
    {Op::I16x8AvgrU, kCommutes, SIMD_BINARY(pavgw)},
    {Op::I16x8ExtmulLowI8x16S, EXTMUL_I8(pmovsxbw, false)},
    {Op::I16x8ExtmulHighI8x16S, EXTMUL_I8(pmovsxbw, true)},
    {Op::I16x8ExtmulLowI8x16U, EXTMUL_I8(pmovzxbw, false)},
    {Op::I16x8ExtmulHighI8x16U, EXTMUL_I8(pmovzxbw, true)},

    {Op::I32x4Add, kCommutes, SIMD_BINARY(paddd)},
    {Op::I32x4Sub, kAsWritten, SIMD_BINARY(psubd)},
    {Op::I32x4Mul, kCommutes, SIMD_BINARY(pmulld)},
    {Op::I32x4MinS, kCommutes, SIMD_BINARY(pminsd)},
    {Op::I32x4MinU, kCommutes, SIMD_BINARY(pminud)},
    {Op::I32x4MaxS, kCommutes, SIMD_BINARY(pmaxsd)},
    {Op::I32x4MaxU, kCommutes, SIMD_BINARY(pmaxud)},
    {Op::I32x4DotI16x8S, kCommutes, SIMD_BINARY(pmaddwd)},
    {Op::I32x4ExtmulLowI16x8S, EXTMUL_I16(pmulhw, punpcklwd)},
    {Op::I32x4ExtmulHighI16x8S, EXTMUL_I16(pmulhw, punpckhwd)},
    {Op::I32x4ExtmulLowI16x8U, EXTMUL_I16(pmulhuw, punpcklwd)},
    {Op::I32x4ExtmulHighI16x8U, EXTMUL_I16(pmulhuw, punpckhwd)},

    {Op::I64x2Add, kCommutes, SIMD_BINARY(paddq)},
    {Op::I64x2Sub, kAsWritten, SIMD_BINARY(psubq)},
    {Op::I64x2Mul, i64_mul},
    {Op::I64x2ExtmulLowI32x4S, EXTMUL_I32(pmuldq, kSpreadLow)},
    {Op::I64x2ExtmulHighI32x4S, EXTMUL_I32(pmuldq, kSpreadHigh)},
    {Op::I64x2ExtmulLowI32x4U, EXTMUL_I32(pmuludq, kSpreadLow)},
    {Op::I64x2ExtmulHighI32x4U, EXTMUL_I32(pmuludq, kSpreadHigh)},
});

constexpr auto kShiftRows = std::to_array<ShiftRow>({
    {Op::I8x16Shl, ShiftRow::Left, 8, SIMD_SHIFT(psllw)},
    {Op::I8x16ShrS, ShiftRow::Arithmetic, 8, SIMD_SHIFT(psraw)},
    {Op::I8x16ShrU, ShiftRow::Logical, 8, SIMD_SHIFT(psrlw)},
    {Op::I16x8Shl, ShiftRow::Left, 16, SIMD_SHIFT(psllw)},
    {Op::I16x8ShrS, ShiftRow::Arithmetic, 16, SIMD_SHIFT(psraw)},
    {Op::I16x8ShrU, ShiftRow::Logical, 16, SIMD_SHIFT(psrlw)},
    {Op::I32x4Shl, ShiftRow::Left, 32, SIMD_SHIFT(pslld)},
    {Op::I32x4ShrS, ShiftRow::Arithmetic, 32, SIMD_SHIFT(psrad)},
    {Op::I32x4ShrU, ShiftRow::Logical, 32, SIMD_SHIFT(psrld)},
    {Op::I64x2Shl, ShiftRow::Left, 64, SIMD_SHIFT(psllq)},
    {Op::I64x2ShrS, ShiftRow::Arithmetic, 64, SIMD_SHIFT(psrlq)},  // and the sign repaired
    {Op::I64x2ShrU, ShiftRow::Logical, 64, SIMD_SHIFT(psrlq)},
});

// --- Shifts ------------------------------------------------------------------------------------

// Each byte twice in a 16-bit lane, shifted there by eight more, and packed again.
template <class Shift>
void shift_bytes_in_words(VectorCode& v, const Xmm& dest, const Xmm& source, Shift&& shift) {
  v.op(SIMD_BINARY(punpckhbw), kVector2, source, source);
  v.op(SIMD_BINARY(punpcklbw), dest, source, source);
  shift(kVector2);
  shift(dest);
  v.op(SIMD_BINARY(packsswb), dest, dest, kVector2);
}

// Shifted with zeros coming in where the sign belongs; `sign` is where the sign bit has gone.
template <class Sign>
void repair_sign(VectorCode& v, const Xmm& dest, const Sign& sign) {
  v.op(SIMD_BINARY(pxor), dest, dest, sign);
  v.op(SIMD_BINARY(psubq), dest, dest, sign);
}

constexpr Vector kSigns64 = splat64(uint64_t{1} << 63);

}  // namespace

void shift_by_constant(VectorCode& v, const ShiftRow& row, const Xmm& dest, const Xmm& source,
                       unsigned count) {
  const auto bits = static_cast<uint8_t>(count % row.lane_bits);
  if (bits == 0) return v.move(dest, source);
  if (row.lane_bits == 8 && row.kind == ShiftRow::Arithmetic)
    return shift_bytes_in_words(v, dest, source, [&](const Xmm& words) {
      v.shift(row.form, words, words, static_cast<uint8_t>(bits + 8));
    });
  v.shift(row.form, dest, source, bits);
  if (row.lane_bits == 8) {
    // Bits that came over from the neighbour go.
    const unsigned kept = row.kind == ShiftRow::Left ? 0xffu << bits : 0xffu >> bits;
    v.op(SIMD_BINARY(pand), dest, dest, splat8(static_cast<uint8_t>(kept)));
  } else if (row.lane_bits == 64 && row.kind == ShiftRow::Arithmetic) {
    repair_sign(v, dest, splat64(kSigns64.low >> bits));
  }
}

unsigned shift_bias(const ShiftRow& row) {
  return row.lane_bits == 8 && row.kind == ShiftRow::Arithmetic ? 8 : 0;
}

void shift_by_register(VectorCode& v, const ShiftRow& row, const Xmm& dest, const Xmm& source) {
  const BinaryForm& form = row.form.by_register;
  if (row.lane_bits == 8 && row.kind == ShiftRow::Arithmetic)
    return shift_bytes_in_words(v, dest, source,
                                [&](const Xmm& words) { v.op(form, words, words, kVector1); });
  v.op(form, dest, source, kVector1);
  if (row.lane_bits == 8) {
    // All ones shifted likewise show, in one byte of each lane, which bits are not the neighbour's.
    v.ones(kVector2);
    v.op(form, kVector2, kVector2, kVector1);
    v.load_const(kVector1, splat8(row.kind == ShiftRow::Left ? 0 : 1));
    v.op(SIMD_BINARY(pshufb), kVector2, kVector2, kVector1);
    v.op(SIMD_BINARY(pand), dest, dest, kVector2);
  } else if (row.lane_bits == 64 && row.kind == ShiftRow::Arithmetic) {
    v.load_const(kVector2, kSigns64);
    v.op(form, kVector2, kVector2, kVector1);
    repair_sign(v, dest, kVector2);
  }
}

std::span<const UnaryRow> int_unary_rows() { return kUnaryRows; }
std::span<const BinaryRow> int_binary_rows() { return kBinaryRows; }
std::span<const ShiftRow> shift_rows() { return kShiftRows; }

}  // namespace skerry::baseline::x64
