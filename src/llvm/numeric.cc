// Computing instructions, scalar ones and those that are the same on every lane.
//
// LLVM's rules differ from WebAssembly's in a few places, each handled here: shift counts beyond
// the width, division, float to integer out of range, minimum and maximum of NaNs, and folding that
// passes on a signalling NaN where the instruction would quiet it (x * 1 is x to LLVM). The last is
// prevented where the constant is written in the instruction; one that arrives by way of a variable
// may still be folded.
#include <cmath>

#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

using llvm::Intrinsic::ID;
namespace intrinsics = llvm::Intrinsic;

llvm::Type* FuncTranslator::lane_type(const Lanes& lanes) const {
  if (!lanes.is_float) return llvm::Type::getIntNTy(context_, lanes.bits);
  return lanes.bits == 32 ? f32_ : f64_;
}

llvm::Type* FuncTranslator::value_type(const Lanes& lanes) const {
  return lanes.is_vector() ? llvm::FixedVectorType::get(lane_type(lanes), lanes.count)
                           : lane_type(lanes);
}

bool FuncTranslator::numeric(const Instr& instr) {
  const auto operation = operation_of(instr.op);
  if (!operation) return false;
  const Lanes lanes = lanes_of(instr.op);
  const std::string_view operands = skerry::operands(instr.row());
  Value result;
  if (operands.size() == 1) {
    result = unary(*operation, lanes, pop());
  } else {
    Value b = pop(), a = pop();
    if (lanes.is_vector()) {
      a = as_lanes(a, lanes);
      b = as_lanes(b, lanes);
    }
    result = binary(*operation, lanes, a, b);
  }
  if (result == nullptr) return false;
  if (result->getType()->isVectorTy()) result = as_v128(result);
  push(result);
  return true;
}

// --- One operand -------------------------------------------------------------------------------

FuncTranslator::Value FuncTranslator::unary(Operation operation, const Lanes& lanes, Value a) {
  if (lanes.is_vector())
    if (Value const result = vector_unary(operation, lanes, a)) return result;
  const auto call = [&](ID id) {
    Value const value = lanes.is_vector() ? as_lanes(a, lanes) : a;
    return intrinsic(id, {value->getType()}, {value});
  };
  const auto count_zeros = [&](ID id) {
    return intrinsic(id, {a->getType()}, {a, ir_.getFalse()});
  };
  switch (operation) {
    case Operation::Clz: return count_zeros(intrinsics::ctlz);
    case Operation::Ctz: return count_zeros(intrinsics::cttz);
    case Operation::Popcnt: return call(intrinsics::ctpop);
    case Operation::Eqz: return ir_.CreateZExt(ir_.CreateIsNull(a), i32_);
    case Operation::Ceil: return call(intrinsics::ceil);
    case Operation::Floor: return call(intrinsics::floor);
    case Operation::Trunc: return call(intrinsics::trunc);
    case Operation::Nearest: return call(intrinsics::roundeven);
    case Operation::Sqrt: return call(intrinsics::sqrt);
    case Operation::Abs:
      if (lanes.is_float) return call(intrinsics::fabs);
      return intrinsic(intrinsics::abs, {value_type(lanes)}, {as_lanes(a, lanes), ir_.getFalse()});
    case Operation::Neg:
      if (lanes.is_vector()) a = as_lanes(a, lanes);
      return lanes.is_float ? ir_.CreateFNeg(a) : ir_.CreateNeg(a);
    default: return lanes.is_vector() ? nullptr : conversion(operation, lanes, a);
  }
}

FuncTranslator::Value FuncTranslator::conversion(Operation operation, const Lanes& lanes, Value a) {
  llvm::Type* const to = lane_type(lanes);
  const auto extended = [&](unsigned bits) {
    return ir_.CreateSExt(ir_.CreateTrunc(a, ir_.getIntNTy(bits)), to);
  };
  switch (operation) {
    case Operation::WrapI64: return ir_.CreateTrunc(a, to);
    case Operation::ExtendI32S: return ir_.CreateSExt(a, to);
    case Operation::ExtendI32U: return ir_.CreateZExt(a, to);
    case Operation::Extend8S: return extended(8);
    case Operation::Extend16S: return extended(16);
    case Operation::Extend32S: return extended(32);
    case Operation::ReinterpretF32:
    case Operation::ReinterpretF64:
    case Operation::ReinterpretI32:
    case Operation::ReinterpretI64: return ir_.CreateBitCast(a, to);
    case Operation::ConvertI32S:
    case Operation::ConvertI64S: return ir_.CreateSIToFP(a, to);
    case Operation::ConvertI32U:
    case Operation::ConvertI64U: return ir_.CreateUIToFP(a, to);
    case Operation::PromoteF32: return ir_.CreateFPExt(a, to);
    case Operation::DemoteF64:
      // Taking back a promotion quiets a NaN all the same.
      if (auto* const promotion = llvm::dyn_cast<llvm::FPExtInst>(a))
        return quieted(promotion->getOperand(0));
      return ir_.CreateFPTrunc(a, to);
    case Operation::TruncSatF32S:
    case Operation::TruncSatF64S: return intrinsic(intrinsics::fptosi_sat, {to, a->getType()}, {a});
    case Operation::TruncSatF32U:
    case Operation::TruncSatF64U: return intrinsic(intrinsics::fptoui_sat, {to, a->getType()}, {a});
    case Operation::TruncF32S:
    case Operation::TruncF64S:
    case Operation::TruncF32U:
    case Operation::TruncF64U: return checked_truncation(operation, to, a);
    default: return nullptr;
  }
}

// In range is what lies strictly between the neighbours of the integer type's ends, where the float
// type has them; else the lower end itself is in.
FuncTranslator::Value FuncTranslator::checked_truncation(Operation operation, llvm::Type* to,
                                                         Value a) {
  const bool is_signed = operation == Operation::TruncF32S || operation == Operation::TruncF64S;
  const unsigned bits = to->getIntegerBitWidth();
  const double upper = std::ldexp(1.0, static_cast<int>(bits) - (is_signed ? 1 : 0));
  const bool has_neighbour = !is_signed || (bits == 32 && a->getType()->isDoubleTy());
  const double lower = is_signed ? -upper : 0.0;
  trap_if(ir_.CreateFCmpUNO(a, a), TrapCode::InvalidConversion);
  Value const limit = llvm::ConstantFP::get(a->getType(), has_neighbour ? lower - 1.0 : lower);
  Value const above = has_neighbour ? ir_.CreateFCmpOGT(a, limit) : ir_.CreateFCmpOGE(a, limit);
  Value const below = ir_.CreateFCmpOLT(a, llvm::ConstantFP::get(a->getType(), upper));
  trap_if(ir_.CreateNot(ir_.CreateAnd(above, below)), TrapCode::IntegerOverflow);
  return is_signed ? ir_.CreateFPToSI(a, to) : ir_.CreateFPToUI(a, to);
}

// The operand, a signalling NaN made quiet.
FuncTranslator::Value FuncTranslator::quieted(Value a) {
  return intrinsic(intrinsics::canonicalize, {a->getType()}, {a});
}

// --- Two operands ------------------------------------------------------------------------------

FuncTranslator::Value FuncTranslator::binary(Operation operation, const Lanes& lanes, Value a,
                                             Value b) {
  if (Value const result = compare(operation, lanes, a, b)) return result;
  if (lanes.is_vector())
    if (Value const result = vector_binary(operation, lanes, a, b)) return result;
  return lanes.is_float ? float_binary(operation, lanes, a, b) : int_binary(operation, lanes, a, b);
}

FuncTranslator::Value FuncTranslator::compare(Operation operation, const Lanes& lanes, Value a,
                                              Value b) {
  using Predicate = llvm::CmpInst::Predicate;
  const Predicate predicate = [&] {
    switch (operation) {
      case Operation::Eq: return lanes.is_float ? Predicate::FCMP_OEQ : Predicate::ICMP_EQ;
      case Operation::Ne: return lanes.is_float ? Predicate::FCMP_UNE : Predicate::ICMP_NE;
      case Operation::LtS: return Predicate::ICMP_SLT;
      case Operation::LtU: return Predicate::ICMP_ULT;
      case Operation::GtS: return Predicate::ICMP_SGT;
      case Operation::GtU: return Predicate::ICMP_UGT;
      case Operation::LeS: return Predicate::ICMP_SLE;
      case Operation::LeU: return Predicate::ICMP_ULE;
      case Operation::GeS: return Predicate::ICMP_SGE;
      case Operation::GeU: return Predicate::ICMP_UGE;
      case Operation::Lt: return Predicate::FCMP_OLT;
      case Operation::Gt: return Predicate::FCMP_OGT;
      case Operation::Le: return Predicate::FCMP_OLE;
      case Operation::Ge: return Predicate::FCMP_OGE;
      default: return Predicate::BAD_ICMP_PREDICATE;
    }
  }();
  if (predicate == Predicate::BAD_ICMP_PREDICATE) return nullptr;
  Value const result = ir_.CreateCmp(predicate, a, b);
  if (!lanes.is_vector()) return ir_.CreateZExt(result, i32_);
  return ir_.CreateSExt(result, value_type({lanes.bits, lanes.count, false}));
}

FuncTranslator::Value FuncTranslator::int_binary(Operation operation, const Lanes& lanes, Value a,
                                                 Value b) {
  llvm::Type* const type = a->getType();
  const auto count = [&] { return ir_.CreateAnd(b, llvm::ConstantInt::get(type, lanes.bits - 1)); };
  switch (operation) {
    case Operation::Add: return ir_.CreateAdd(a, b);
    case Operation::Sub: return ir_.CreateSub(a, b);
    case Operation::Mul: return ir_.CreateMul(a, b);
    case Operation::DivS:
    case Operation::DivU:
    case Operation::RemS:
    case Operation::RemU: return divide(operation, a, b);
    case Operation::And: return ir_.CreateAnd(a, b);
    case Operation::Or: return ir_.CreateOr(a, b);
    case Operation::Xor: return ir_.CreateXor(a, b);
    case Operation::Shl: return ir_.CreateShl(a, count());
    case Operation::ShrS: return ir_.CreateAShr(a, count());
    case Operation::ShrU: return ir_.CreateLShr(a, count());
    case Operation::Rotl: return intrinsic(intrinsics::fshl, {type}, {a, a, b});
    case Operation::Rotr: return intrinsic(intrinsics::fshr, {type}, {a, a, b});
    default: return nullptr;
  }
}

FuncTranslator::Value FuncTranslator::divide(Operation operation, Value a, Value b) {
  llvm::Type* const type = a->getType();
  trap_if(ir_.CreateIsNull(b), TrapCode::IntegerDivideByZero);
  if (operation == Operation::DivU) return ir_.CreateUDiv(a, b);
  if (operation == Operation::RemU) return ir_.CreateURem(a, b);
  Value const minus_one = llvm::Constant::getAllOnesValue(type);
  Value const is_minus_one = ir_.CreateICmpEQ(b, minus_one);
  if (operation == Operation::RemS) {
    // Whatever the dividend, the remainder by -1 is that by 1.
    Value const divisor = ir_.CreateSelect(is_minus_one, llvm::ConstantInt::get(type, 1), b);
    return ir_.CreateSRem(a, divisor);
  }
  Value const least =
      llvm::ConstantInt::get(type, llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
  trap_if(ir_.CreateAnd(is_minus_one, ir_.CreateICmpEQ(a, least)), TrapCode::IntegerOverflow);
  return ir_.CreateSDiv(a, b);
}

namespace {

// The value of a float constant that is the same on all lanes; NaN for anything else.
double constant_of(const llvm::Value* value) {
  const auto* constant = llvm::dyn_cast<llvm::Constant>(value);
  if (constant != nullptr && value->getType()->isVectorTy()) constant = constant->getSplatValue();
  const auto* const number = llvm::dyn_cast_or_null<llvm::ConstantFP>(constant);
  if (number == nullptr) return std::nan("");
  llvm::APFloat as_double = number->getValueAPF();
  bool ignored;
  as_double.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &ignored);
  return as_double.convertToDouble();
}

bool is_zero(double value, bool negative) { return value == 0 && std::signbit(value) == negative; }

}  // namespace

FuncTranslator::Value FuncTranslator::float_binary(Operation operation, const Lanes& lanes, Value a,
                                                   Value b) {
  const double left = constant_of(a), right = constant_of(b);
  switch (operation) {
    case Operation::Add:
      if (is_zero(right, true)) return quieted(a);
      if (is_zero(left, true)) return quieted(b);
      return ir_.CreateFAdd(a, b);
    case Operation::Sub:
      if (is_zero(right, false)) return quieted(a);
      if (is_zero(left, true)) return ir_.CreateFNeg(quieted(b));
      return ir_.CreateFSub(a, b);
    case Operation::Mul:
      if (right == 1) return quieted(a);
      if (left == 1) return quieted(b);
      if (right == -1) return ir_.CreateFNeg(quieted(a));
      if (left == -1) return ir_.CreateFNeg(quieted(b));
      return ir_.CreateFMul(a, b);
    case Operation::Div:
      if (right == 1) return quieted(a);
      if (right == -1) return ir_.CreateFNeg(quieted(a));
      return ir_.CreateFDiv(a, b);
    case Operation::Min:
    case Operation::Max: return float_min_max(operation, a, b);
    case Operation::Pmin: return ir_.CreateSelect(ir_.CreateFCmpOLT(b, a), b, a);
    case Operation::Pmax: return ir_.CreateSelect(ir_.CreateFCmpOLT(a, b), b, a);
    case Operation::Copysign:
      if (lanes.is_vector()) return nullptr;
      return intrinsic(intrinsics::copysign, {a->getType()}, {a, b});
    default: return nullptr;
  }
}

FuncTranslator::Value FuncTranslator::float_min_max(Operation operation, Value a, Value b) {
  const ID id = operation == Operation::Min ? intrinsics::minimum : intrinsics::maximum;
  Value const ordered = intrinsic(id, {a->getType()}, {a, b});
  // The intrinsic may hand a signalling NaN through; a sum does not.
  return ir_.CreateSelect(ir_.CreateFCmpUNO(a, b), ir_.CreateFAdd(a, b), ordered);
}

}  // namespace skerry::llvm_tier
