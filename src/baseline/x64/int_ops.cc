// Integer arithmetic and comparisons.
#include "baseline/fold.h"
#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

bool fits_imm32(const Value& value, bool wide) {
  if (!value.is_const()) return false;
  const auto as_signed = static_cast<int64_t>(value.low);
  return !wide || as_signed == static_cast<int32_t>(as_signed);
}

uint32_t imm32(const Value& value) { return static_cast<uint32_t>(value.low); }

uint64_t sign_extended(uint32_t value) {
  return static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)});
}

Alu alu_of(Op op) {
  switch (op) {
    case Op::I32Sub:
    case Op::I64Sub: return Alu::Sub;
    case Op::I32And:
    case Op::I64And: return Alu::And;
    case Op::I32Or:
    case Op::I64Or: return Alu::Or;
    default: return Alu::Xor;
  }
}

bool is_wide_op(const Instr& instr) { return instr.row().signature.front() == 'I'; }

}  // namespace

// --- One operand -------------------------------------------------------------------------------

void FuncCompiler::on_int_unary(const Instr& instr) {
  const Value a = pop();
  const bool wide = is_wide_op(instr);
  lock_value(a);
  const Dest dest = dest_for(false, &a);
  const auto to = gp(dest.reg, wide);
  switch (instr.op) {
    case Op::I32Clz:
    case Op::I64Clz:
      if (cpu_.lzcnt) {
        code_.lzcnt(to, *int_source(a, wide));
      } else {
        // bsr leaves the highest bit's number, and nothing for zero.
        code_.mov(r32(kScratch), wide ? 127 : 63);
        code_.bsr(to, *int_source(a, wide));
        code_.move_if(Cond::E, to, gp(kScratch, wide));
        code_.xor_(to, wide ? 63 : 31);
      }
      break;
    case Op::I32Ctz:
    case Op::I64Ctz:
      if (cpu_.bmi1) {
        code_.tzcnt(to, *int_source(a, wide));
      } else {
        code_.mov(r32(kScratch), wide ? 64 : 32);
        code_.bsf(to, *int_source(a, wide));
        code_.move_if(Cond::E, to, gp(kScratch, wide));
      }
      break;
    case Op::I32Popcnt:
    case Op::I64Popcnt: code_.popcnt(to, *int_source(a, wide)); break;
    case Op::I32Extend8S:
    case Op::I64Extend8S: {
      const RegNumber from = use(a);
      code_.movsx(to, Xbyak::Reg8(from, from >= 4));
      break;
    }
    case Op::I32Extend16S:
    case Op::I64Extend16S: code_.movsx(to, Xbyak::Reg16(use(a))); break;
    default: code_.movsxd(r64(dest.reg), r32(use(a))); break;  // i64.extend32_s
  }
  release(a);
  finish(dest, wide ? ValType::I64 : ValType::I32);
}

// --- Two operands ------------------------------------------------------------------------------

void FuncCompiler::on_int_binary(const Instr& instr) {
  const Value b = pop();
  const Value a = pop();
  const bool wide = is_wide_op(instr);
  if (a.is_const() && b.is_const()) {
    if (const auto folded = fold_binary(instr.op, a.low, b.low))
      return push_const(*folded, wide ? ValType::I64 : ValType::I32);
  }
  switch (instr.op) {
    case Op::I32Add:
    case Op::I64Add: return emit_add(a, b, wide);
    case Op::I32Mul:
    case Op::I64Mul: return emit_multiply(a, b, wide);
    case Op::I32DivS:
    case Op::I32DivU:
    case Op::I32RemS:
    case Op::I32RemU:
    case Op::I64DivS:
    case Op::I64DivU:
    case Op::I64RemS:
    case Op::I64RemU: return emit_divide(instr.op, a, b, wide);
    case Op::I32Shl:
    case Op::I32ShrS:
    case Op::I32ShrU:
    case Op::I64Shl:
    case Op::I64ShrS:
    case Op::I64ShrU: return emit_shift(instr.op, a, b, wide);
    case Op::I32Rotl:
    case Op::I32Rotr:
    case Op::I64Rotl:
    case Op::I64Rotr: return emit_rotate(instr.op, a, b, wide);
    case Op::I32And:
      if (try_test_and_branch(a, b)) return;
      [[fallthrough]];
    default: return emit_alu(instr.op, a, b, wide);
  }
}

// i32.and whose only use is a branch: no result, just flags.
bool FuncCompiler::try_test_and_branch(const Value& a, const Value& b) {
  const uint8_t next = reader_.peek();
  if (next != 0x45 && next != 0x0d && next != 0x04) return false;
  Value left = a.is_const() ? b : a;
  const Value right = a.is_const() ? a : b;
  lock_value(left);
  lock_value(right);
  const RegNumber reg = use(left);
  const FlagUse plan = plan_flag_use();
  if (right.is_const())
    code_.test(r32(reg), imm32(right));
  else
    code_.test(r32(reg), r32(use(right)));
  release(a);
  release(b);
  consume_flags(plan, {Flags::Plain, Cond::NE});
  return true;
}

void FuncCompiler::emit_alu_source(Alu op, RegNumber to, const Source& from) {
  const bool wide = from.bits == 64;
  if (from.is_reg())
    code_.alu(op, wide, to, from.reg);
  else
    code_.alu(op, wide, to, from.mem);
}

void FuncCompiler::emit_add(Value a, Value b, bool wide) {
  if (a.is_const()) std::swap(a, b);
  lock_value(a);
  lock_value(b);
  const bool immediate = fits_imm32(b, wide);
  const Dest dest = dest_for(false, &a, &b);
  const RegNumber left = use(a);
  if (immediate) {
    if (dest.reg == left) {
      code_.alu_imm(Alu::Add, wide, dest.reg, imm32(b));
      note_zero_flag(dest.reg, wide);
    } else {
      code_.address(wide, dest.reg, Mem(left, sign_extended(imm32(b))));
    }
  } else {
    const RegNumber right = register_of(b);
    if (dest.reg == left) {
      emit_alu_source(Alu::Add, dest.reg, int_source(b, wide));
      note_zero_flag(dest.reg, wide);
    } else if (right == dest.reg) {
      code_.alu(Alu::Add, wide, dest.reg, left);
      note_zero_flag(dest.reg, wide);
    } else {
      code_.address(wide, dest.reg, Mem(left, use(b), 0));
    }
  }
  release(a);
  release(b);
  finish(dest, wide ? ValType::I64 : ValType::I32);
}

void FuncCompiler::emit_multiply(Value a, Value b, bool wide) {
  if (a.is_const()) std::swap(a, b);
  lock_value(a);
  lock_value(b);
  const Dest dest = dest_for(false, &a, &b);
  const auto to = gp(dest.reg, wide);
  const uint64_t factor = wide ? b.low : static_cast<uint32_t>(b.low);
  if (b.is_const() && std::has_single_bit(factor)) {
    load(dest.reg, a);
    code_.shift_imm(Shift::Left, wide, dest.reg, static_cast<uint8_t>(std::countr_zero(factor)));
  } else if (b.is_const() && (factor == 3 || factor == 5 || factor == 9)) {
    const auto left = r64(use(a));
    code_.lea(to, ptr[left + left * static_cast<int>(factor - 1)]);
  } else if (fits_imm32(b, wide)) {
    code_.imul(to, *int_source(a, wide), static_cast<int>(imm32(b)));
  } else {
    if (register_of(b) == dest.reg) std::swap(a, b);
    load(dest.reg, a);
    code_.imul(to, *int_source(b, wide));
  }
  release(a);
  release(b);
  finish(dest, wide ? ValType::I64 : ValType::I32);
}

void FuncCompiler::emit_alu(Op op, Value a, Value b, bool wide) {
  const bool subtract = op == Op::I32Sub || op == Op::I64Sub;
  if (a.is_const() && !subtract) std::swap(a, b);
  lock_value(a);
  lock_value(b);
  const Dest dest = dest_for(false, &a, subtract ? nullptr : &b);
  if (register_of(b) == dest.reg && register_of(a) != dest.reg) {
    if (subtract) {
      // dest = a - dest
      code_.neg(gp(dest.reg, wide));
      if (fits_imm32(a, wide))
        code_.alu_imm(Alu::Add, wide, dest.reg, imm32(a));
      else
        emit_alu_source(Alu::Add, dest.reg, int_source(a, wide));
      release(a);
      release(b);
      return finish(dest, wide ? ValType::I64 : ValType::I32);
    }
    std::swap(a, b);
  }
  if (subtract && fits_imm32(b, wide) && imm32(b) != 0x80000000u && register_of(a) != kNoReg &&
      register_of(a) != dest.reg) {
    code_.address(wide, dest.reg, Mem(register_of(a), uint64_t{0} - sign_extended(imm32(b))));
    release(a);
    release(b);
    return finish(dest, wide ? ValType::I64 : ValType::I32);
  }
  load(dest.reg, a);
  if (fits_imm32(b, wide))
    code_.alu_imm(alu_of(op), wide, dest.reg, imm32(b));
  else
    emit_alu_source(alu_of(op), dest.reg, int_source(b, wide));
  note_zero_flag(dest.reg, wide);
  release(a);
  release(b);
  finish(dest, wide ? ValType::I64 : ValType::I32);
}

// --- Shifts ------------------------------------------------------------------------------------

void FuncCompiler::emit_shift(Op op, const Value& a, const Value& b, bool wide) {
  if (!b.is_const() && !cpu_.bmi2) return emit_rotate(op, a, b, wide);
  const bool left = op == Op::I32Shl || op == Op::I64Shl;
  const bool is_signed = op == Op::I32ShrS || op == Op::I64ShrS;
  lock_value(a);
  lock_value(b);
  const Dest dest = dest_for(false, &a, b.is_const() ? nullptr : &b);
  const auto to = gp(dest.reg, wide);
  if (b.is_const()) {
    load(dest.reg, a);
    const int count = static_cast<int>(b.low & (wide ? 63 : 31));
    if (count != 0)
      code_.shift_imm(left        ? Shift::Left
                      : is_signed ? Shift::RightSigned
                                  : Shift::RightUnsigned,
                      wide, dest.reg, static_cast<uint8_t>(count));
  } else {
    const auto count = gp(use(b), wide);
    const Source from = int_source(a, wide);
    left        ? code_.shlx(to, *from, count)
    : is_signed ? code_.sarx(to, *from, count)
                : code_.shrx(to, *from, count);
  }
  release(a);
  release(b);
  finish(dest, wide ? ValType::I64 : ValType::I32);
}

// Rotations, and shifts without BMI2: the count goes through cl.
void FuncCompiler::emit_rotate(Op op, const Value& a, const Value& b, bool wide) {
  const auto work = gp(kScratch, wide);
  load(kScratch, a);
  release(a);
  const auto emit = [&](const auto& count) {
    switch (op) {
      case Op::I32Rotl:
      case Op::I64Rotl: code_.rol(work, count); return;
      case Op::I32Rotr:
      case Op::I64Rotr: code_.ror(work, count); return;
      case Op::I32Shl:
      case Op::I64Shl: code_.shl(work, count); return;
      case Op::I32ShrS:
      case Op::I64ShrS: code_.sar(work, count); return;
      default: code_.shr(work, count); return;
    }
  };
  if (b.is_const()) {
    emit(static_cast<int>(b.low & (wide ? 63 : 31)));
  } else {
    if (!(b.kind == Value::Reg && b.reg == kRcx)) {
      claim(kRcx);
      load(kRcx, b);
    }
    emit(cl);
  }
  release(b);
  const Dest dest = dest_for(false);
  move_reg(dest.reg, kScratch, ValType::I64);
  finish(dest, wide ? ValType::I64 : ValType::I32);
}

// --- Division ----------------------------------------------------------------------------------

void FuncCompiler::emit_divide(Op op, Value a, Value b, bool wide) {
  const bool is_signed =
      op == Op::I32DivS || op == Op::I64DivS || op == Op::I32RemS || op == Op::I64RemS;
  const bool remainder =
      op == Op::I32RemS || op == Op::I64RemS || op == Op::I32RemU || op == Op::I64RemU;
  const uint64_t divisor = wide ? b.low : static_cast<uint32_t>(b.low);
  if (b.is_const() && !is_signed && std::has_single_bit(divisor)) {
    // Unsigned by a power of two.
    Value second = b;
    second.low = remainder ? divisor - 1 : static_cast<uint64_t>(std::countr_zero(divisor));
    if (remainder) return emit_alu(wide ? Op::I64And : Op::I32And, a, second, wide);
    return emit_shift(wide ? Op::I64ShrU : Op::I32ShrU, a, second, wide);
  }
  load(kScratch, b);
  release(b);
  if (!(a.kind == Value::Reg && a.reg == kRax)) {
    claim(kRax);
    load(kRax, a);
    release(a);
  }
  claim(kRdx);
  const auto by = gp(kScratch, wide);
  if (!b.is_const() || divisor == 0) {
    code_.test(by, by);
    code_.jump_if(Cond::E, trap_label(TrapCode::IntegerDivideByZero));
  }
  CodeLabel done;
  if (!is_signed) {
    code_.xor_(edx, edx);
    code_.div(by);
  } else {
    const uint64_t minus_one = wide ? ~uint64_t{0} : UINT32_MAX;
    if (!b.is_const() || divisor == minus_one) {
      // The one quotient that does not fit: smallest number by -1.
      CodeLabel normal;
      code_.cmp(by, -1);
      code_.jump_if(Cond::NE, normal);
      if (remainder) {
        code_.xor_(edx, edx);
        code_.jump(done);
      } else {
        code_.mov(gp(kRdx, wide), gp(kRax, wide));
        code_.neg(gp(kRdx, wide));
        code_.jump_if(Cond::O, trap_label(TrapCode::IntegerOverflow));
      }
      code_.bind(normal);
    }
    wide ? code_.cqo() : code_.cdq();
    code_.idiv(by);
  }
  code_.bind(done);
  release(a);
  push_reg(remainder ? kRdx : kRax, wide ? ValType::I64 : ValType::I32);
}

// --- Comparisons -------------------------------------------------------------------------------

namespace {

// Conditions of the ten comparisons, in opcode order from eq, and the same with operands swapped.
constexpr Cond kConds[] = {Cond::E, Cond::NE, Cond::L,  Cond::B,  Cond::G,
                           Cond::A, Cond::LE, Cond::BE, Cond::GE, Cond::AE};
constexpr Cond kSwapped[] = {Cond::E, Cond::NE, Cond::G,  Cond::A,  Cond::L,
                             Cond::B, Cond::GE, Cond::AE, Cond::LE, Cond::BE};

unsigned compare_index(Op op, bool wide) {
  return static_cast<unsigned>(op) - static_cast<unsigned>(wide ? Op::I64Eq : Op::I32Eq);
}

}  // namespace

void FuncCompiler::on_int_compare(const Instr& instr) {
  Value b = pop();
  Value a = pop();
  const bool wide = is_wide_op(instr);
  if (a.is_const() && b.is_const()) {
    if (const auto folded = fold_compare(instr.op, a.low, b.low))
      return push_const(*folded, ValType::I32);
  }
  const unsigned index = compare_index(instr.op, wide);
  Cond cond = kConds[index];
  if (a.is_const()) {
    std::swap(a, b);
    cond = kSwapped[index];
  }
  lock_value(a);
  lock_value(b);
  const FlagUse plan = plan_flag_use();
  cond = emit_compare(a, b, cond, wide);
  release(a);
  release(b);
  consume_flags(plan, {Flags::Plain, cond});
}

Cond FuncCompiler::emit_compare(Value a, Value b, Cond cond, bool wide) {
  if (fits_imm32(b, wide)) {
    const RegNumber reg = register_of(a);
    if (imm32(b) == 0 && reg != kNoReg) {
      code_.test_zero(wide, reg);
    } else {
      code_.alu_imm(Alu::Cmp, wide, reg != kNoReg ? reg : use(a), imm32(b));
    }
    return cond;
  }
  const RegNumber left = use(a);
  emit_alu_source(Alu::Cmp, left, int_source(b, wide));
  return cond;
}

void FuncCompiler::on_eqz(const Instr& instr) {
  const Value a = pop();
  const bool wide = is_wide_op(instr);
  if (a.is_const())
    return push_const((wide ? a.low : static_cast<uint32_t>(a.low)) == 0, ValType::I32);
  lock_value(a);
  const FlagUse plan = plan_flag_use();
  const RegNumber reg = use(a);
  if (!zero_flag_is_of(reg, wide)) code_.test_zero(wide, reg);
  release(a);
  consume_flags(plan, {Flags::Plain, Cond::E});
}

}  // namespace skerry::baseline::x64
