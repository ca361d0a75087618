// Between integers and floats, and between widths.
#include <bit>

#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

void FuncCompiler::on_conversion(const Instr& instr) {
  switch (instr.op) {
    case Op::I32WrapI64:
    case Op::I64ExtendI32S:
    case Op::I64ExtendI32U: return on_int_conversion(instr.op);
    case Op::I32ReinterpretF32:
    case Op::I64ReinterpretF64:
    case Op::F32ReinterpretI32:
    case Op::F64ReinterpretI64: return on_reinterpret(instr.op);
    case Op::F32DemoteF64:
    case Op::F64PromoteF32: {
      const Value a = pop();
      lock_value(a);
      const RegNumber from = use(a);
      const Dest dest = dest_for(true, &a);
      if (dest.reg != from) code_.xorps(xmm(dest.reg), xmm(dest.reg));
      const bool demote = instr.op == Op::F32DemoteF64;
      demote ? code_.cvtsd2ss(xmm(dest.reg), xmm(from)) : code_.cvtss2sd(xmm(dest.reg), xmm(from));
      release(a);
      return finish(dest, demote ? ValType::F32 : ValType::F64);
    }
    default:
      return results(instr.row())[0] == 'f' || results(instr.row())[0] == 'F'
                 ? on_int_to_float(instr.op)
                 : on_float_to_int(instr.op);
  }
}

// --- Integers ----------------------------------------------------------------------------------

void FuncCompiler::on_int_conversion(Op op) {
  Value a = pop();
  const bool to_wide = op != Op::I32WrapI64;
  if (a.is_const()) {
    const auto low = static_cast<uint32_t>(a.low);
    if (op == Op::I64ExtendI32S)
      return push_const(static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(low))),
                        ValType::I64);
    return push_const(low, to_wide ? ValType::I64 : ValType::I32);
  }
  if (op == Op::I32WrapI64) {
    // No code: later instructions look at the lower half only.
    release(a);
    a.type = ValType::I32;
    a.upper_garbage = a.kind != Value::Slot;
    return push(a);
  }
  // In a register an i32 is zero-extended already; in memory its upper half is undefined.
  const bool pinned = a.kind == Value::Local && pin_of(a.local) != kNoReg;
  if (op == Op::I64ExtendI32U && !a.upper_garbage && (a.kind == Value::Reg || pinned)) {
    release(a);
    a.type = ValType::I64;
    return push(a);
  }
  lock_value(a);
  const Dest dest = dest_for(false, &a);
  if (op == Op::I64ExtendI32S)
    code_.movsxd(r64(dest.reg), *int_source(a, false));
  else
    zero_extend(dest.reg, int_source(a, false));
  release(a);
  finish(dest, ValType::I64);
}

// Also where it lies in `to` already: its upper half may be anything.
void FuncCompiler::zero_extend(RegNumber to, const Source& from) {
  if (from.is_reg())
    code_.move(false, to, from.reg);
  else
    code_.load(false, to, from.mem);
}

void FuncCompiler::on_reinterpret(Op op) {
  Value a = pop();
  const bool to_float = op == Op::F32ReinterpretI32 || op == Op::F64ReinterpretI64;
  const bool wide = op == Op::F64ReinterpretI64 || op == Op::I64ReinterpretF64;
  const ValType::Kind type =
      to_float ? (wide ? ValType::F64 : ValType::F32) : (wide ? ValType::I64 : ValType::I32);
  if (a.is_const()) return push_const(a.low, type);
  lock_value(a);
  const RegNumber from = use(a);
  const Dest dest = dest_for(to_float);
  if (to_float)
    wide ? code_.movq(xmm(dest.reg), r64(from)) : code_.movd(xmm(dest.reg), r32(from));
  else
    wide ? code_.movq(r64(dest.reg), xmm(from)) : code_.movd(r32(dest.reg), xmm(from));
  release(a);
  finish(dest, type);
}

// --- Integer to float --------------------------------------------------------------------------

void FuncCompiler::on_int_to_float(Op op) {
  const Value a = pop();
  lock_value(a);
  const bool is_double = op == Op::F64ConvertI32S || op == Op::F64ConvertI32U ||
                         op == Op::F64ConvertI64S || op == Op::F64ConvertI64U;
  const RegNumber from = use(a);
  const Dest dest = dest_for(true);
  const auto to = xmm(dest.reg);
  code_.xorps(to, to);  // the conversion keeps the upper half: break the dependency
  const auto convert = [&](const Xbyak::Reg32e& source) {
    is_double ? code_.cvtsi2sd(to, source) : code_.cvtsi2ss(to, source);
  };
  switch (op) {
    case Op::F32ConvertI32S:
    case Op::F64ConvertI32S: convert(r32(from)); break;
    case Op::F32ConvertI64S:
    case Op::F64ConvertI64S: convert(r64(from)); break;
    case Op::F32ConvertI32U:
    case Op::F64ConvertI32U:
      code_.mov(r11d, r32(from));
      convert(r11);
      break;
    default: {
      // Values above 2^63: halve, keeping the lowest bit for correct rounding, convert, double.
      CodeLabel large, done;
      const RegNumber half = alloc(false);
      code_.test(r64(from), r64(from));
      code_.jump_if(Cond::S, large);
      convert(r64(from));
      code_.jump(done);
      code_.bind(large);
      code_.mov(r64(half), r64(from));
      code_.mov(r11, r64(from));
      code_.shr(r64(half), 1);
      code_.and_(r11d, 1);
      code_.or_(r11, r64(half));
      convert(r11);
      is_double ? code_.addsd(to, to) : code_.addss(to, to);
      code_.bind(done);
      break;
    }
  }
  release(a);
  finish(dest, is_double ? ValType::F64 : ValType::F32);
}

// --- Float to integer --------------------------------------------------------------------------

namespace {

struct Truncation {
  Op op;
  bool from_double, to_wide, is_signed, saturates;
};
constexpr Truncation kTruncations[] = {
    {Op::I32TruncF32S, false, false, true, false},
    {Op::I32TruncF32U, false, false, false, false},
    {Op::I32TruncF64S, true, false, true, false},
    {Op::I32TruncF64U, true, false, false, false},
    {Op::I64TruncF32S, false, true, true, false},
    {Op::I64TruncF32U, false, true, false, false},
    {Op::I64TruncF64S, true, true, true, false},
    {Op::I64TruncF64U, true, true, false, false},
    {Op::I32TruncSatF32S, false, false, true, true},
    {Op::I32TruncSatF32U, false, false, false, true},
    {Op::I32TruncSatF64S, true, false, true, true},
    {Op::I32TruncSatF64U, true, false, false, true},
    {Op::I64TruncSatF32S, false, true, true, true},
    {Op::I64TruncSatF32U, false, true, false, true},
    {Op::I64TruncSatF64S, true, true, true, true},
    {Op::I64TruncSatF64U, true, true, false, true},
};

// Bounds of the values that truncate into range: low < x < high, or low <= x where the next float
// below the integer minimum is not a unit away.
struct Range {
  double low;
  bool low_included;
  double high;  // excluded
};
Range range_of(const Truncation& t) {
  const double two63 = 9223372036854775808.0, two31 = 2147483648.0;
  if (!t.is_signed) return {-1.0, false, t.to_wide ? 2 * two63 : 2 * two31};
  if (t.to_wide) return {-two63, true, two63};
  if (t.from_double) return {-two31 - 1, false, two31};
  return {-two31, true, two31};
}

uint64_t float_bits(double value, bool is_double) {
  return is_double ? std::bit_cast<uint64_t>(value)
                   : std::bit_cast<uint32_t>(static_cast<float>(value));
}

}  // namespace

void FuncCompiler::on_float_to_int(Op op) {
  const Truncation* row = kTruncations;
  while (row->op != op) ++row;
  const Truncation& t = *row;
  const Range range = range_of(t);
  const Value a = pop();
  lock_value(a);
  const RegNumber source = use(a);
  const Dest dest = dest_for(false);
  const auto from = xmm(source);
  const auto compare = [&](double bound) {
    t.from_double ? code_.ucomisd(from, code_.pool_operand())
                  : code_.ucomiss(from, code_.pool_operand());
    code_.pool_reference(float_bits(bound, t.from_double));
  };
  const auto truncate = [&](const Xbyak::Reg32e& to, const Xbyak::Xmm& value) {
    t.from_double ? code_.cvttsd2si(to, value) : code_.cvttss2si(to, value);
  };
  CodeLabel too_high, too_low, unordered, done;
  compare(range.low);
  code_.jump_if(Cond::P, t.saturates ? unordered : trap_label(TrapCode::InvalidConversion));
  code_.jump_if(range.low_included ? Cond::B : Cond::BE,
                t.saturates ? too_low : trap_label(TrapCode::IntegerOverflow));
  compare(range.high);
  code_.jump_if(Cond::AE, t.saturates ? too_high : trap_label(TrapCode::IntegerOverflow));
  if (t.is_signed) {
    truncate(gp(dest.reg, t.to_wide), from);
  } else if (!t.to_wide) {
    truncate(r64(dest.reg), from);
    code_.mov(r32(dest.reg), r32(dest.reg));
  } else {
    // Upper half of the unsigned range: subtract 2^63 first, put it back as a bit.
    CodeLabel small;
    const double two63 = 9223372036854775808.0;
    compare(two63);
    code_.jump_if(Cond::B, small);
    code_.movaps(xmm15, from);
    t.from_double ? code_.subsd(xmm15, code_.pool_operand())
                  : code_.subss(xmm15, code_.pool_operand());
    code_.pool_reference(float_bits(two63, t.from_double));
    truncate(r64(dest.reg), xmm15);
    code_.btc(r64(dest.reg), 63);
    code_.jump(done);
    code_.bind(small);
    truncate(r64(dest.reg), from);
  }
  if (t.saturates) {
    code_.jump(done);
    const uint64_t highest =
        t.is_signed ? (t.to_wide ? INT64_MAX : INT32_MAX) : (t.to_wide ? UINT64_MAX : UINT32_MAX);
    const uint64_t lowest = !t.is_signed ? 0 : t.to_wide ? uint64_t{1} << 63 : uint64_t{1} << 31;
    code_.bind(too_high);
    load_const(dest.reg, highest, 0, ValType::I64);
    code_.jump(done);
    code_.bind(too_low);
    load_const(dest.reg, lowest, 0, ValType::I64);
    code_.jump(done);
    code_.bind(unordered);
    load_const(dest.reg, 0, 0, ValType::I64);
  }
  code_.bind(done);
  release(a);
  finish(dest, t.to_wide ? ValType::I64 : ValType::I32);
}

}  // namespace skerry::baseline::x64
