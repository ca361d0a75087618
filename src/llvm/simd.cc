// Vector instructions that are not simply the scalar one on every lane. A v128 is <2 x i64> between
// instructions. Where WebAssembly's instruction is one of x86's that LLVM has no general form for,
// its intrinsic for that is used.
#include <llvm/IR/IntrinsicsX86.h>

#include <utility>

#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

using llvm::Intrinsic::ID;
namespace intrinsics = llvm::Intrinsic;

FuncTranslator::Value FuncTranslator::as_lanes(Value vector, const Lanes& lanes) {
  return ir_.CreateBitCast(vector, value_type(lanes));
}

namespace {
constexpr Lanes kI8x16{8, 16, false}, kI16x8{16, 8, false}, kI32x4{32, 4, false},
    kF32x4{32, 4, true}, kF64x2{64, 2, true};

unsigned lane_count(const llvm::Value* vector) {
  return llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements();
}
}  // namespace

// The lower or upper lanes.
FuncTranslator::Value FuncTranslator::half(Value vector, bool high) {
  const unsigned count = lane_count(vector) / 2;
  llvm::SmallVector<int, 8> picked;
  for (unsigned i = 0; i < count; ++i) picked.push_back(static_cast<int>(high ? count + i : i));
  return ir_.CreateShuffleVector(vector, picked);
}

FuncTranslator::Value FuncTranslator::every_other(Value vector, bool odd) {
  const unsigned count = lane_count(vector) / 2;
  llvm::SmallVector<int, 8> picked;
  for (unsigned i = 0; i < count; ++i) picked.push_back(static_cast<int>(2 * i + (odd ? 1 : 0)));
  return ir_.CreateShuffleVector(vector, picked);
}

FuncTranslator::Value FuncTranslator::splat(Value scalar, const Lanes& lanes) {
  if (scalar->getType()->isIntegerTy()) scalar = ir_.CreateTrunc(scalar, lane_type(lanes));
  return ir_.CreateVectorSplat(lanes.count, scalar);
}

FuncTranslator::Value FuncTranslator::shift_count(Value count, const Lanes& lanes) {
  Value const masked = ir_.CreateAnd(count, constant32(lanes.bits - 1));
  return ir_.CreateVectorSplat(lanes.count, ir_.CreateZExtOrTrunc(masked, lane_type(lanes)));
}

// --- Widening ----------------------------------------------------------------------------------

namespace {

// Rows of a family stand together in operations.def: low before high, signed before unsigned.
bool is_between(Operation operation, Operation first, Operation last) {
  return operation >= first && operation <= last;
}
bool is_signed_row(Operation operation, Operation first) {
  return (static_cast<int>(operation) - static_cast<int>(first)) % 2 == 0;
}

Lanes half_as_wide(const Lanes& lanes) {
  return {static_cast<uint8_t>(lanes.bits / 2), static_cast<uint8_t>(lanes.count * 2), false};
}

}  // namespace

// The lower or upper lanes of half the width, as lanes of the whole width.
FuncTranslator::Value FuncTranslator::widened_half(Value vector, const Lanes& lanes, bool high,
                                                   bool is_signed) {
  Value const part = half(as_lanes(vector, half_as_wide(lanes)), high);
  return is_signed ? ir_.CreateSExt(part, value_type(lanes))
                   : ir_.CreateZExt(part, value_type(lanes));
}

// extend_low, extend_high, extadd_pairwise; null for anything else.
FuncTranslator::Value FuncTranslator::widened(Operation operation, const Lanes& lanes, Value a) {
  if (is_between(operation, Operation::ExtendLowI8x16S, Operation::ExtendHighI32x4U))
    return widened_half(a, lanes, operation >= Operation::ExtendHighI8x16S,
                        is_signed_row(operation, Operation::ExtendLowI8x16S));
  if (!is_between(operation, Operation::ExtaddPairwiseI8x16S, Operation::ExtaddPairwiseI16x8U))
    return nullptr;
  const bool is_signed = is_signed_row(operation, Operation::ExtaddPairwiseI8x16S);
  Value const narrow = as_lanes(a, half_as_wide(lanes));
  const auto wide = [&](Value part) {
    return is_signed ? ir_.CreateSExt(part, value_type(lanes))
                     : ir_.CreateZExt(part, value_type(lanes));
  };
  return ir_.CreateAdd(wide(every_other(narrow, false)), wide(every_other(narrow, true)));
}

// --- One operand -------------------------------------------------------------------------------

FuncTranslator::Value FuncTranslator::vector_unary(Operation operation, const Lanes& lanes,
                                                   Value a) {
  if (Value const result = widened(operation, lanes, a)) return result;
  llvm::Type* const to = value_type(lanes);
  // Two lanes computed, two zero.
  const auto padded = [&](Value low) {
    return ir_.CreateShuffleVector(low, llvm::Constant::getNullValue(low->getType()), {0, 1, 2, 3});
  };
  const auto saturated = [&](ID id, const Lanes& from, llvm::Type* type) {
    Value const value = as_lanes(a, from);
    return intrinsic(id, {type, value->getType()}, {value});
  };
  llvm::Type* const two_i32 = llvm::FixedVectorType::get(i32_, 2);
  llvm::Type* const two_f32 = llvm::FixedVectorType::get(f32_, 2);
  switch (operation) {
    case Operation::Not: return ir_.CreateNot(a);
    case Operation::Splat: return splat(a, lanes);
    case Operation::AnyTrue:
      return ir_.CreateZExt(ir_.CreateIsNotNull(ir_.CreateBitCast(a, ir_.getIntNTy(128))), i32_);
    case Operation::AllTrue: {
      Value const is_zero = ir_.CreateIsNull(as_lanes(a, lanes));
      return ir_.CreateZExt(
          ir_.CreateIsNull(ir_.CreateBitCast(is_zero, ir_.getIntNTy(lanes.count))), i32_);
    }
    case Operation::Bitmask: {
      Value const signs = ir_.CreateICmpSLT(as_lanes(a, lanes), llvm::Constant::getNullValue(to));
      return ir_.CreateZExt(ir_.CreateBitCast(signs, ir_.getIntNTy(lanes.count)), i32_);
    }
    case Operation::ConvertI32x4S: return ir_.CreateSIToFP(as_lanes(a, kI32x4), to);
    case Operation::ConvertI32x4U: return ir_.CreateUIToFP(as_lanes(a, kI32x4), to);
    case Operation::ConvertLowI32x4S: return ir_.CreateSIToFP(half(as_lanes(a, kI32x4), false), to);
    case Operation::ConvertLowI32x4U: return ir_.CreateUIToFP(half(as_lanes(a, kI32x4), false), to);
    case Operation::PromoteLowF32x4: return ir_.CreateFPExt(half(as_lanes(a, kF32x4), false), to);
    case Operation::DemoteF64x2Zero: return padded(ir_.CreateFPTrunc(as_lanes(a, kF64x2), two_f32));
    case Operation::TruncSatF32x4S: return saturated(intrinsics::fptosi_sat, kF32x4, to);
    case Operation::TruncSatF32x4U: return saturated(intrinsics::fptoui_sat, kF32x4, to);
    case Operation::TruncSatF64x2SZero:
      return padded(saturated(intrinsics::fptosi_sat, kF64x2, two_i32));
    case Operation::TruncSatF64x2UZero:
      return padded(saturated(intrinsics::fptoui_sat, kF64x2, two_i32));
    default: return nullptr;
  }
}

// --- Two operands ------------------------------------------------------------------------------

FuncTranslator::Value FuncTranslator::vector_binary(Operation operation, const Lanes& lanes,
                                                    Value a, Value b) {
  if (is_between(operation, Operation::ExtmulLowI8x16S, Operation::ExtmulHighI32x4U)) {
    const bool high = operation >= Operation::ExtmulHighI8x16S;
    const bool is_signed = is_signed_row(operation, Operation::ExtmulLowI8x16S);
    return ir_.CreateMul(widened_half(as_v128(a), lanes, high, is_signed),
                         widened_half(as_v128(b), lanes, high, is_signed));
  }
  llvm::Type* const type = value_type(lanes);
  const auto call = [&](ID id) { return intrinsic(id, {type}, {a, b}); };
  const auto packed = [&](ID id, const Lanes& from) {
    return intrinsic(id, {}, {as_lanes(as_v128(a), from), as_lanes(as_v128(b), from)});
  };
  switch (operation) {
    case Operation::Andnot: return ir_.CreateAnd(a, ir_.CreateNot(b));
    case Operation::AddSatS: return call(intrinsics::sadd_sat);
    case Operation::AddSatU: return call(intrinsics::uadd_sat);
    case Operation::SubSatS: return call(intrinsics::ssub_sat);
    case Operation::SubSatU: return call(intrinsics::usub_sat);
    case Operation::MinS: return call(intrinsics::smin);
    case Operation::MinU: return call(intrinsics::umin);
    case Operation::MaxS: return call(intrinsics::smax);
    case Operation::MaxU: return call(intrinsics::umax);
    case Operation::AvgrU: {
      llvm::Type* const wide =
          value_type({static_cast<uint8_t>(2 * lanes.bits), lanes.count, false});
      Value const sum = ir_.CreateAdd(ir_.CreateZExt(a, wide), ir_.CreateZExt(b, wide));
      Value const rounded = ir_.CreateAdd(sum, llvm::ConstantInt::get(wide, 1));
      return ir_.CreateTrunc(ir_.CreateLShr(rounded, 1), type);
    }
    case Operation::Q15mulrSatS: {
      // The one product out of range, of -1 and -1, comes out as the least number: flip it.
      Value const result = intrinsic(intrinsics::x86_ssse3_pmul_hr_sw_128, {}, {a, b});
      Value const least = llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(16));
      return ir_.CreateXor(result, ir_.CreateSExt(ir_.CreateICmpEQ(result, least), type));
    }
    case Operation::Swizzle: {
      // x86's shuffle clears a lane for an index whose top bit is set.
      Value const limit = llvm::ConstantInt::get(type, 0x70);
      Value const index = intrinsic(intrinsics::uadd_sat, {type}, {b, limit});
      return intrinsic(intrinsics::x86_ssse3_pshuf_b_128, {}, {a, index});
    }
    case Operation::DotI16x8S: return packed(intrinsics::x86_sse2_pmadd_wd, kI16x8);
    case Operation::NarrowI16x8S: return packed(intrinsics::x86_sse2_packsswb_128, kI16x8);
    case Operation::NarrowI16x8U: return packed(intrinsics::x86_sse2_packuswb_128, kI16x8);
    case Operation::NarrowI32x4S: return packed(intrinsics::x86_sse2_packssdw_128, kI32x4);
    case Operation::NarrowI32x4U: return packed(intrinsics::x86_sse41_packusdw, kI32x4);
    default: return nullptr;
  }
}

// --- The rest ----------------------------------------------------------------------------------

bool FuncTranslator::vector_instruction(const Instr& instr) {
  if (instr.shape == Shape::Shuffle) {
    Value const b = as_lanes(pop(), kI8x16), a = as_lanes(pop(), kI8x16);
    llvm::SmallVector<int, 16> picked(instr.operand, instr.operand + 16);
    push(as_v128(ir_.CreateShuffleVector(a, b, picked)));
    return true;
  }
  const Lanes lanes = lanes_of(instr.op);
  switch (instr.shape) {
    case Shape::ExtractLane: {
      Value lane = ir_.CreateExtractElement(as_lanes(pop(), lanes), uint64_t{instr.lane});
      if (lanes.bits < 32)
        lane = instr.row().text.ends_with("_s") ? ir_.CreateSExt(lane, i32_)
                                                : ir_.CreateZExt(lane, i32_);
      push(lane);
      return true;
    }
    case Shape::ReplaceLane: {
      Value lane = pop();
      if (lanes.bits < 32) lane = ir_.CreateTrunc(lane, lane_type(lanes));
      Value const vector = as_lanes(pop(), lanes);
      push(as_v128(ir_.CreateInsertElement(vector, lane, uint64_t{instr.lane})));
      return true;
    }
    default: break;
  }
  const auto operation = operation_of(instr.op);
  if (!operation) return false;
  if (*operation == Operation::Bitselect) {
    Value const mask = pop(), b = pop(), a = pop();
    push(ir_.CreateOr(ir_.CreateAnd(a, mask), ir_.CreateAnd(b, ir_.CreateNot(mask))));
    return true;
  }
  if (instr.shape != Shape::Shift) return false;
  Value const count = shift_count(pop(), lanes);
  Value const vector = as_lanes(pop(), lanes);
  Value const shifted = *operation == Operation::Shl    ? ir_.CreateShl(vector, count)
                        : *operation == Operation::ShrS ? ir_.CreateAShr(vector, count)
                                                        : ir_.CreateLShr(vector, count);
  push(as_v128(shifted));
  return true;
}

}  // namespace skerry::llvm_tier
