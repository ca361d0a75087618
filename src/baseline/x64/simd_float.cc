// v128 as float lanes: one row an opcode, and the sequences where WebAssembly asks for more than
// the ISA gives: min and max with NaN and signed zeros, conversions that saturate or are unsigned.
#include <array>
#include <bit>

#include "baseline/x64/simd_code.h"

namespace skerry::baseline::x64 {

namespace {

constexpr Vector splat_f32(float lane) { return splat32(std::bit_cast<uint32_t>(lane)); }
constexpr Vector splat_f64(double lane) { return splat64(std::bit_cast<uint64_t>(lane)); }

constexpr Vector kSigns32 = splat32(0x80000000), kSigns64 = splat64(uint64_t{1} << 63);
constexpr Vector kRest32 = splat32(0x7fffffff), kRest64 = splat64(~(uint64_t{1} << 63));

// Immediates of the rounding instructions, with the inexact exception suppressed.
constexpr uint8_t kToNearest = 8, kDown = 9, kUp = 10, kToZero = 11;

// --- Minimum and maximum -----------------------------------------------------------------------

struct LaneForms {
  BinaryForm min, max, bit_or, bit_xor, and_not, subtract, unordered;
  ShiftForm shift_right;
  uint8_t payload_shift;  // all ones shifted so leave a NaN's payload without its quiet bit
};
constexpr LaneForms kF32 = {SIMD_BINARY(minps),      SIMD_BINARY(maxps),  SIMD_BINARY(orps),
                            SIMD_BINARY(xorps),      SIMD_BINARY(andnps), SIMD_BINARY(subps),
                            SIMD_BINARY(cmpunordps), SIMD_SHIFT(psrld),   10};
constexpr LaneForms kF64 = {SIMD_BINARY(minpd),      SIMD_BINARY(maxpd),  SIMD_BINARY(orpd),
                            SIMD_BINARY(xorpd),      SIMD_BINARY(andnpd), SIMD_BINARY(subpd),
                            SIMD_BINARY(cmpunordpd), SIMD_SHIFT(psrlq),   13};

// dest = xmm15 with every NaN quiet and without payload.
void with_canonical_nans(VectorCode& v, const LaneForms& f, const Xmm& dest) {
  v.op(f.unordered, dest, kVector1, kVector1);
  v.op(f.bit_or, kVector1, kVector1, dest);
  v.shift(f.shift_right, dest, dest, f.payload_shift);
  v.op(f.and_not, dest, dest, kVector1);
}

// minps returns its second operand if either is NaN or both are zero: with the operands in both
// orders, one of the two results holds the NaN or the negative zero.
void float_min(VectorCode& v, const LaneForms& f, const Xmm& dest, const Xmm& left,
               const Xmm& right) {
  v.op(f.min, kVector1, right, left);
  v.op(f.min, dest, left, right);
  v.op(f.bit_or, kVector1, kVector1, dest);
  with_canonical_nans(v, f, dest);
}

// Likewise, but of two zeros the positive one counts: where the results differ by the sign alone,
// the difference is -0, and subtracting that from -0 gives +0.
void float_max(VectorCode& v, const LaneForms& f, const Xmm& dest, const Xmm& left,
               const Xmm& right) {
  v.op(f.max, kVector1, right, left);
  v.op(f.max, dest, left, right);
  v.op(f.bit_xor, dest, dest, kVector1);
  v.op(f.bit_or, kVector1, kVector1, dest);
  v.op(f.subtract, kVector1, kVector1, dest);
  with_canonical_nans(v, f, dest);
}

// --- Conversions -------------------------------------------------------------------------------

// In two halves of 16 bits, both exact, so that the sum is rounded once.
void f32_convert_u32(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.shift(SIMD_SHIFT(psrld), kVector1, source, 16);
  v.op(SIMD_BINARY(pand), dest, source, splat32(0xffff));
  v.op(SIMD_UNARY(cvtdq2ps), kVector1, kVector1);
  v.op(SIMD_UNARY(cvtdq2ps), dest, dest);
  v.op(SIMD_BINARY(mulps), kVector1, kVector1, splat_f32(65536));
  v.op(SIMD_BINARY(addps), dest, dest, kVector1);
}

// As the lower half of a double's mantissa, an integer is 2^52 too large.
constexpr double kTwo52 = 4503599627370496.0;
void f64_convert_u32(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.op(SIMD_BINARY(punpckldq), dest, source, splat32(0x43300000));
  v.op(SIMD_BINARY(subpd), dest, dest, splat_f64(kTwo52));
}

// cvttps2dq gives 0x80000000 for everything out of range: right for what is too low; what is too
// high has a clear sign, which xmm15 keeps inverted; NaNs have become zeros.
void i32_trunc_sat_f32_s(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.op(SIMD_BINARY(cmpeqps), kVector1, source, source);
  v.op(SIMD_BINARY(andps), dest, source, kVector1);
  v.op(SIMD_BINARY(pxor), kVector1, kVector1, dest);
  v.op(SIMD_UNARY(cvttps2dq), dest, dest);
  v.op(SIMD_BINARY(pand), kVector1, kVector1, dest);
  v.shift(SIMD_SHIFT(psrad), kVector1, kVector1, 31);
  v.op(SIMD_BINARY(pxor), dest, dest, kVector1);
}

// The sum of two signed conversions: of the value, which gives 2^31 where it is larger, and of what
// it has beyond 2^31, which saturates to 2^31 - 1.
void i32_trunc_sat_f32_u(VectorCode& v, const Xmm& dest, const Xmm& source) {
  constexpr float kTwo31 = 2147483648.0f;
  v.zero(kVector1);
  v.op(SIMD_BINARY(maxps), dest, source, kVector1);  // NaN becomes zero, too
  v.op(SIMD_BINARY(subps), kVector2, dest, splat_f32(kTwo31));
  v.load_const(kVector1, splat_f32(kTwo31));
  v.op(SIMD_BINARY(cmpleps), kVector1, kVector1, kVector2);
  v.op(SIMD_UNARY(cvttps2dq), kVector2, kVector2);
  v.op(SIMD_BINARY(pxor), kVector2, kVector2, kVector1);
  v.zero(kVector1);
  v.op(SIMD_BINARY(pmaxsd), kVector2, kVector2, kVector1);
  v.op(SIMD_UNARY(cvttps2dq), dest, dest);
  v.op(SIMD_BINARY(paddd), dest, dest, kVector2);
}

// The upper bound is a double; it is zero where the value is NaN, and minpd takes its second
// operand then. What is too low converts to 0x80000000 by itself.
void i32_trunc_sat_f64_s(VectorCode& v, const Xmm& dest, const Xmm& source) {
  v.op(SIMD_BINARY(cmpeqpd), kVector1, source, source);
  v.op(SIMD_BINARY(andpd), kVector1, kVector1, splat_f64(2147483647.0));
  v.op(SIMD_BINARY(minpd), dest, source, kVector1);
  v.op(SIMD_UNARY(cvttpd2dq), dest, dest);
}

// Clamped to range and truncated, then moved to the lower half of the mantissa by adding 2^52.
void i32_trunc_sat_f64_u(VectorCode& v, const Xmm& dest, const Xmm& source) {
  constexpr uint8_t kEvenLanes = 0x88;
  v.zero(kVector1);
  v.op(SIMD_BINARY(maxpd), dest, source, kVector1);  // NaN becomes zero, too
  v.op(SIMD_BINARY(minpd), dest, dest, splat_f64(4294967295.0));
  v.op(SIMD_UNARY_IMM(roundpd, kToZero), dest, dest);
  v.op(SIMD_BINARY(addpd), dest, dest, splat_f64(kTwo52));
  if (v.vex())
    v.assembler().vshufps(dest, dest, kVector1, kEvenLanes);
  else
    v.assembler().shufps(dest, kVector1, kEvenLanes);
}

// --- Tables ------------------------------------------------------------------------------------

#define WITH_CONST(form, value)                           \
  [](VectorCode& v, const Xmm& dest, const Xmm& source) { \
    v.op(SIMD_BINARY(form), dest, source, value);         \
  }
#define EXTREME(function, lanes)                                          \
  [](VectorCode& v, const Xmm& dest, const Xmm& left, const Xmm& right) { \
    function(v, lanes, dest, left, right);                                \
  }

constexpr auto kUnaryRows = std::to_array<UnaryRow>({
    {Op::F32x4Abs, WITH_CONST(andps, kRest32)},
    {Op::F32x4Neg, WITH_CONST(xorps, kSigns32)},
    {Op::F32x4Sqrt, SIMD_UNARY(sqrtps)},
    {Op::F32x4Ceil, SIMD_UNARY_IMM(roundps, kUp)},
    {Op::F32x4Floor, SIMD_UNARY_IMM(roundps, kDown)},
    {Op::F32x4Trunc, SIMD_UNARY_IMM(roundps, kToZero)},
    {Op::F32x4Nearest, SIMD_UNARY_IMM(roundps, kToNearest)},

    {Op::F64x2Abs, WITH_CONST(andpd, kRest64)},
    {Op::F64x2Neg, WITH_CONST(xorpd, kSigns64)},
    {Op::F64x2Sqrt, SIMD_UNARY(sqrtpd)},
    {Op::F64x2Ceil, SIMD_UNARY_IMM(roundpd, kUp)},
    {Op::F64x2Floor, SIMD_UNARY_IMM(roundpd, kDown)},
    {Op::F64x2Trunc, SIMD_UNARY_IMM(roundpd, kToZero)},
    {Op::F64x2Nearest, SIMD_UNARY_IMM(roundpd, kToNearest)},

    {Op::F32x4ConvertI32x4S, SIMD_UNARY(cvtdq2ps)},
    {Op::F32x4ConvertI32x4U, f32_convert_u32},
    {Op::F64x2ConvertLowI32x4S, SIMD_UNARY(cvtdq2pd)},
    {Op::F64x2ConvertLowI32x4U, f64_convert_u32},
    {Op::F32x4DemoteF64x2Zero, SIMD_UNARY(cvtpd2ps)},
    {Op::F64x2PromoteLowF32x4, SIMD_UNARY(cvtps2pd)},
    {Op::I32x4TruncSatF32x4S, i32_trunc_sat_f32_s},
    {Op::I32x4TruncSatF32x4U, i32_trunc_sat_f32_u},
    {Op::I32x4TruncSatF64x2SZero, i32_trunc_sat_f64_s},
    {Op::I32x4TruncSatF64x2UZero, i32_trunc_sat_f64_u},
});

constexpr BinaryRow::Order kAsWritten = BinaryRow::AsWritten;
constexpr BinaryRow::Order kSwapped = BinaryRow::Swapped;
constexpr BinaryRow::Order kCommutes = BinaryRow::Commutes;
constexpr BinaryRow::Tail kImmediate = BinaryRow::Immediate;

constexpr auto kBinaryRows = std::to_array<BinaryRow>({
    {Op::F32x4Eq, kCommutes, SIMD_BINARY(cmpeqps), kImmediate},
    {Op::F32x4Ne, kCommutes, SIMD_BINARY(cmpneqps), kImmediate},
    {Op::F32x4Lt, kAsWritten, SIMD_BINARY(cmpltps), kImmediate},
    {Op::F32x4Gt, kSwapped, SIMD_BINARY(cmpltps), kImmediate},
    {Op::F32x4Le, kAsWritten, SIMD_BINARY(cmpleps), kImmediate},
    {Op::F32x4Ge, kSwapped, SIMD_BINARY(cmpleps), kImmediate},

    {Op::F64x2Eq, kCommutes, SIMD_BINARY(cmpeqpd), kImmediate},
    {Op::F64x2Ne, kCommutes, SIMD_BINARY(cmpneqpd), kImmediate},
    {Op::F64x2Lt, kAsWritten, SIMD_BINARY(cmpltpd), kImmediate},
    {Op::F64x2Gt, kSwapped, SIMD_BINARY(cmpltpd), kImmediate},
    {Op::F64x2Le, kAsWritten, SIMD_BINARY(cmplepd), kImmediate},
    {Op::F64x2Ge, kSwapped, SIMD_BINARY(cmplepd), kImmediate},

    // Of two NaNs the processor keeps the first, so sums and products keep their order: the result
    // must not depend on registers or on the processor.
    {Op::F32x4Add, kAsWritten, SIMD_BINARY(addps)},
    {Op::F32x4Sub, kAsWritten, SIMD_BINARY(subps)},
    {Op::F32x4Mul, kAsWritten, SIMD_BINARY(mulps)},
    {Op::F32x4Div, kAsWritten, SIMD_BINARY(divps)},
    {Op::F32x4Min, EXTREME(float_min, kF32)},
    {Op::F32x4Max, EXTREME(float_max, kF32)},
    // pmin(a, b) is b < a ? b : a, which is what minps(b, a) does.
    {Op::F32x4Pmin, kSwapped, SIMD_BINARY(minps)},
    {Op::F32x4Pmax, kSwapped, SIMD_BINARY(maxps)},

    {Op::F64x2Add, kAsWritten, SIMD_BINARY(addpd)},
    {Op::F64x2Sub, kAsWritten, SIMD_BINARY(subpd)},
    {Op::F64x2Mul, kAsWritten, SIMD_BINARY(mulpd)},
    {Op::F64x2Div, kAsWritten, SIMD_BINARY(divpd)},
    {Op::F64x2Min, EXTREME(float_min, kF64)},
    {Op::F64x2Max, EXTREME(float_max, kF64)},
    {Op::F64x2Pmin, kSwapped, SIMD_BINARY(minpd)},
    {Op::F64x2Pmax, kSwapped, SIMD_BINARY(maxpd)},
});

}  // namespace

std::span<const UnaryRow> float_unary_rows() { return kUnaryRows; }
std::span<const BinaryRow> float_binary_rows() { return kBinaryRows; }

}  // namespace skerry::baseline::x64
