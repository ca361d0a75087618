// f32 and f64 arithmetic and comparisons.
#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

bool is_double_op(const Instr& instr) { return instr.row().signature.front() == 'F'; }

constexpr uint64_t kSign32 = 0x80000000u, kSign64 = uint64_t{1} << 63;

}  // namespace

void FuncCompiler::on_float_unary(const Instr& instr) {
  const Value a = pop();
  const bool is_double = is_double_op(instr);
  const uint64_t sign = is_double ? kSign64 : kSign32;
  lock_value(a);
  const RegNumber from = use(a);
  const Dest dest = dest_for(true, &a);
  const auto to = xmm(dest.reg);
  // roundsd's modes, with the inexact exception suppressed.
  const auto round = [&](uint8_t mode) {
    if (dest.reg != from) code_.xorps(to, to);  // it keeps the upper half: break the dependency
    is_double ? code_.roundsd(to, xmm(from), mode | 8) : code_.roundss(to, xmm(from), mode | 8);
  };
  switch (instr.op) {
    case Op::F32Abs:
    case Op::F64Abs:
      move_reg(dest.reg, from, a.type);
      code_.andps(to, code_.pool_operand());
      code_.pool_reference(is_double ? ~kSign64 : 0x7fffffffu);
      break;
    case Op::F32Neg:
    case Op::F64Neg:
      move_reg(dest.reg, from, a.type);
      code_.xorps(to, code_.pool_operand());
      code_.pool_reference(sign);
      break;
    case Op::F32Ceil:
    case Op::F64Ceil: round(2); break;
    case Op::F32Floor:
    case Op::F64Floor: round(1); break;
    case Op::F32Trunc:
    case Op::F64Trunc: round(3); break;
    case Op::F32Nearest:
    case Op::F64Nearest: round(0); break;
    default:
      if (dest.reg != from) code_.xorps(to, to);
      is_double ? code_.sqrtsd(to, xmm(from)) : code_.sqrtss(to, xmm(from));
      break;
  }
  release(a);
  finish(dest, a.type);
}

void FuncCompiler::on_float_binary(const Instr& instr) {
  Value b = pop();
  Value a = pop();
  const bool is_double = is_double_op(instr);
  lock_value(a);
  lock_value(b);
  const Op op = instr.op;
  if (op == Op::F32Min || op == Op::F64Min || op == Op::F32Max || op == Op::F64Max) {
    const RegNumber left = use(a), right = use(b);
    const Dest dest = dest_for(true, &a, &b);
    emit_min_max(is_double, op == Op::F32Max || op == Op::F64Max, dest.reg, left, right);
    release(a);
    release(b);
    return finish(dest, a.type);
  }
  if (op == Op::F32Copysign || op == Op::F64Copysign) {
    const RegNumber left = use(a), right = use(b);
    const Dest dest = dest_for(true, &a);
    code_.movaps(xmm15, xmm(right));
    move_reg(dest.reg, left, a.type);
    code_.andps(xmm15, code_.pool_operand());
    code_.pool_reference(is_double ? kSign64 : kSign32);
    code_.andps(xmm(dest.reg), code_.pool_operand());
    code_.pool_reference(is_double ? ~kSign64 : 0x7fffffffu);
    code_.orps(xmm(dest.reg), xmm15);
    release(a);
    release(b);
    return finish(dest, a.type);
  }
  const bool commutes =
      op == Op::F32Add || op == Op::F64Add || op == Op::F32Mul || op == Op::F64Mul;
  if (commutes && a.is_const()) std::swap(a, b);
  const RegNumber left = use(a);
  const Dest dest = dest_for(true, &a, &b);
  emit_float_arithmetic(op, dest.reg, left, b, commutes);
  release(a);
  release(b);
  finish(dest, a.type);
}

// dest = left op b; dest may be any of them.
void FuncCompiler::emit_float_arithmetic(Op op, RegNumber dest, RegNumber left, const Value& b,
                                         bool commutes) {
  const auto emit = [&](const auto& right, bool pooled) {
    const auto to = xmm(dest), from = xmm(left);
    const bool vex = cpu_.avx2;
    switch (op) {
      case Op::F32Add: vex ? code_.vaddss(to, from, right) : code_.addss(to, right); break;
      case Op::F64Add: vex ? code_.vaddsd(to, from, right) : code_.addsd(to, right); break;
      case Op::F32Sub: vex ? code_.vsubss(to, from, right) : code_.subss(to, right); break;
      case Op::F64Sub: vex ? code_.vsubsd(to, from, right) : code_.subsd(to, right); break;
      case Op::F32Mul: vex ? code_.vmulss(to, from, right) : code_.mulss(to, right); break;
      case Op::F64Mul: vex ? code_.vmulsd(to, from, right) : code_.mulsd(to, right); break;
      case Op::F32Div: vex ? code_.vdivss(to, from, right) : code_.divss(to, right); break;
      default: vex ? code_.vdivsd(to, from, right) : code_.divsd(to, right); break;
    }
    if (pooled) code_.pool_reference(b.low);
  };
  const bool pooled = b.is_const();
  const RegNumber right = pooled ? kNoReg : register_of(b);
  if (cpu_.avx2 || dest == left) {
    pooled ? emit(code_.pool_operand(), true) : emit(*float_source(b), false);
    return;
  }
  if (right == dest) {
    // Two-operand form with the right operand in the way.
    if (commutes) return emit(xmm(left), false);
    code_.movaps(xmm15, xmm(right));
    code_.movaps(xmm(dest), xmm(left));
    return emit(xmm15, false);
  }
  code_.movaps(xmm(dest), xmm(left));
  pooled ? emit(code_.pool_operand(), true) : emit(*float_source(b), false);
}

// The specification's min and max: NaN if either is, and -0 below +0.
void FuncCompiler::emit_min_max(bool is_double, bool is_max, RegNumber dest, RegNumber a,
                                RegNumber b) {
  CodeLabel differ, unordered, done;
  const auto other = xmm15;
  code_.movaps(other, xmm(b));
  if (dest != a) code_.movaps(xmm(dest), xmm(a));
  const auto to = xmm(dest);
  is_double ? code_.ucomisd(to, other) : code_.ucomiss(to, other);
  code_.jump_if(Cond::P, unordered);
  code_.jump_if(Cond::NE, differ);
  is_max ? code_.andps(to, other) : code_.orps(to, other);  // equal: only the sign of zero matters
  code_.jump(done);
  code_.bind(unordered);
  is_double ? code_.addsd(to, other) : code_.addss(to, other);
  code_.jump(done);
  code_.bind(differ);
  if (is_double)
    is_max ? code_.maxsd(to, other) : code_.minsd(to, other);
  else
    is_max ? code_.maxss(to, other) : code_.minss(to, other);
  code_.bind(done);
}

void FuncCompiler::on_float_compare(const Instr& instr) {
  Value b = pop();
  Value a = pop();
  const bool is_double = is_double_op(instr);
  Flags flags;
  switch (instr.op) {
    case Op::F32Eq:
    case Op::F64Eq: flags = {Flags::FloatEqual, Cond::E}; break;
    case Op::F32Ne:
    case Op::F64Ne: flags = {Flags::FloatNotEqual, Cond::NE}; break;
    case Op::F32Lt:
    case Op::F64Lt:
      std::swap(a, b);
      flags = {Flags::Plain, Cond::A};
      break;
    case Op::F32Gt:
    case Op::F64Gt: flags = {Flags::Plain, Cond::A}; break;
    case Op::F32Le:
    case Op::F64Le:
      std::swap(a, b);
      flags = {Flags::Plain, Cond::AE};
      break;
    default: flags = {Flags::Plain, Cond::AE}; break;
  }
  lock_value(a);
  lock_value(b);
  const RegNumber left = use(a);
  const FlagUse plan = plan_flag_use();
  if (b.is_const()) {
    is_double ? code_.ucomisd(xmm(left), code_.pool_operand())
              : code_.ucomiss(xmm(left), code_.pool_operand());
    code_.pool_reference(b.low);
  } else {
    const Source right = float_source(b);
    is_double ? code_.ucomisd(xmm(left), *right) : code_.ucomiss(xmm(left), *right);
  }
  release(a);
  release(b);
  consume_flags(plan, flags);
}

}  // namespace skerry::baseline::x64
