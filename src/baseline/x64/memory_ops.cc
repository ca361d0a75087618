// Memories, tables, globals and references.
#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

// --- Addresses ---------------------------------------------------------------------------------

ZeroExtended FuncCompiler::address_of_operand(const Value& value) {
  if (!value.upper_garbage || value.type != ValType::I32) return ZeroExtended(use(value));
  if (value.kind == Value::Reg) {
    code_.move(false, value.reg, value.reg);
    return ZeroExtended(value.reg);
  }
  const RegNumber reg = alloc(false);
  load(reg, value);  // a 32-bit move clears the upper half
  return ZeroExtended(reg);
}

Mem FuncCompiler::guarded_operand(const Value& address, const MemArg& mem) {
  RegNumber base = kMemory;
  if (mem.memory != 0) {
    code_.load(true, kScratch, context(layout_.memory(mem.memory)));
    code_.load(true, kScratch, Mem(kScratch, offsetof(VmMemory, base)));
    base = kScratch;
  }
  if (address.is_const()) {
    const uint64_t total = static_cast<uint32_t>(address.low) + mem.offset;
    if (total <= INT32_MAX) return Mem(base, total);
  }
  const ZeroExtended reg = address_of_operand(address);
  if (mem.offset <= INT32_MAX) return Mem(base, reg.reg(), mem.offset);
  // Displacements are signed: larger offsets are added by hand.
  const RegNumber sum = mem.memory == 0 ? kScratch : alloc(false);
  code_.move_imm32(sum, static_cast<uint32_t>(mem.offset));
  code_.alu(Alu::Add, true, sum, reg.reg());
  return Mem(base, sum, 0);
}

Mem FuncCompiler::compared_operand(const Value& address, const MemArg& mem, unsigned width_bytes) {
  const ZeroExtended reg = address_of_operand(address);
  const RegNumber memory = alloc(false);
  code_.load(true, memory, context(layout_.memory(mem.memory)));
  const uint64_t reach = mem.offset + width_bytes;
  if (reach < mem.offset) {
    // Every address is out of bounds; the operand returned is never used.
    trap_now(TrapCode::MemoryOutOfBounds);
    return Mem(kMemory, 0);
  }
  if (reach <= INT32_MAX) {
    code_.address(true, kScratch, Mem(reg.reg(), reach));
    if (memory_is_64(mem.memory)) {
      code_.alu(Alu::Cmp, true, kScratch, reg.reg());  // wrapped around
      code_.jump_if(Cond::B, trap_label(TrapCode::MemoryOutOfBounds));
    }
  } else {
    code_.mov(r11, reach);
    code_.alu(Alu::Add, true, kScratch, reg.reg());
    if (memory_is_64(mem.memory)) code_.jump_if(Cond::B, trap_label(TrapCode::MemoryOutOfBounds));
  }
  code_.alu(Alu::Cmp, true, kScratch, Mem(memory, offsetof(VmMemory, size_bytes)));
  code_.jump_if(Cond::A, trap_label(TrapCode::MemoryOutOfBounds));
  const uint64_t back = uint64_t{0} - width_bytes;
  if (mem.memory == 0) return Mem(kMemory, kScratch, back);
  code_.load(true, memory, Mem(memory, offsetof(VmMemory, base)));
  return Mem(memory, kScratch, back);
}

Mem FuncCompiler::access_operand(const Value& address, const MemArg& mem, unsigned width_bytes) {
  return is_compared(mem.memory) ? compared_operand(address, mem, width_bytes)
                                 : guarded_operand(address, mem);
}

// --- Loads and stores --------------------------------------------------------------------------

void FuncCompiler::on_load(const Instr& instr) {
  const Value address = pop();
  const char loaded = instr.row().signature.back();
  const ValType::Kind type = loaded == 'i'   ? ValType::I32
                             : loaded == 'I' ? ValType::I64
                             : loaded == 'f' ? ValType::F32
                             : loaded == 'F' ? ValType::F64
                                             : ValType::V128;
  const bool floating = type == ValType::F32 || type == ValType::F64 || type == ValType::V128;
  lock_value(address);
  const Dest dest = dest_for(floating, &address);
  const Mem from = access_operand(address, instr.mem, 1u << instr.row().width_log2);
  record_site(TrapCode::MemoryOutOfBounds);
  emit_load(instr.op, dest.reg, from);
  release(address);
  finish(dest, type);
}

void FuncCompiler::emit_load(Op op, RegNumber reg, const Mem& from) {
  switch (op) {
    case Op::I32Load:
    case Op::I64Load32U: code_.load(false, reg, from); return;
    case Op::I64Load: code_.load(true, reg, from); return;
    case Op::F32Load: code_.encode(kLoadF32, reg, from); return;
    case Op::F64Load: code_.encode(kLoadF64, reg, from); return;
    case Op::I32Load8S: code_.encode(kMovsx8, reg, from); return;
    case Op::I64Load8S: code_.encode(kMovsx8Wide, reg, from); return;
    case Op::I32Load8U:
    case Op::I64Load8U: code_.encode(kMovzx8, reg, from); return;
    case Op::I32Load16S: code_.encode(kMovsx16, reg, from); return;
    case Op::I64Load16S: code_.encode(kMovsx16Wide, reg, from); return;
    case Op::I32Load16U:
    case Op::I64Load16U: code_.encode(kMovzx16, reg, from); return;
    case Op::I64Load32S: code_.encode(kMovsxd, reg, from); return;
    default: emit_simd_load(op, reg, from); return;
  }
}

void FuncCompiler::on_store(const Instr& instr) {
  const Value value = pop();
  const Value address = pop();
  const bool wide = value.is_wide();
  const auto as_signed = static_cast<int64_t>(value.low);
  const bool immediate = value.is_const() && !value.is_float() &&
                         (!wide || as_signed == static_cast<int32_t>(as_signed));
  const RegNumber reg = immediate ? kNoReg : use(value);
  const Mem to = access_operand(address, instr.mem, 1u << instr.row().width_log2);
  record_site(TrapCode::MemoryOutOfBounds);
  const auto low32 = static_cast<uint32_t>(value.low);
  switch (instr.op) {
    case Op::I32Store:
    case Op::I64Store32:
      immediate ? code_.store_imm(false, to, low32) : code_.store(false, to, reg);
      break;
    case Op::I64Store:
      immediate ? code_.store_imm(true, to, low32) : code_.store(true, to, reg);
      break;
    case Op::I32Store8:
    case Op::I64Store8:
      immediate ? code_.store_imm8(to, static_cast<uint8_t>(low32))
                : code_.encode(kStore8, reg, to);
      break;
    case Op::I32Store16:
    case Op::I64Store16:
      immediate ? code_.store_imm16(to, static_cast<uint16_t>(low32))
                : code_.encode(kStore16, reg, to);
      break;
    case Op::F32Store: code_.encode(kStoreF32, reg, to); break;
    case Op::F64Store: code_.encode(kStoreF64, reg, to); break;
    default: code_.encode(kStoreV128, reg, to); break;  // v128.store
  }
  release(value);
  release(address);
}

void FuncCompiler::on_memory_size(const Instr& instr) {
  const Dest dest = dest_for(false);
  code_.mov(r64(dest.reg), qword[r13 + layout_.memory(instr.index)]);
  code_.mov(r64(dest.reg), qword[r64(dest.reg) + offsetof(VmMemory, size_bytes)]);
  code_.shr(r64(dest.reg), 16);  // kWasmPageBytes
  finish(dest, memory_is_64(instr.index) ? ValType::I64 : ValType::I32);
}

void FuncCompiler::on_memory_grow(const Instr& instr) {
  call_builtin(Builtin::memory_grow, {instr.index}, 1);
  push_reg(kRax, memory_is_64(instr.index) ? ValType::I64 : ValType::I32);
  stack_.back().upper_garbage = true;
}

// --- Globals -----------------------------------------------------------------------------------

Mem FuncCompiler::global_address(uint32_t index) {
  const Mem in_context = context(layout_.global(index));
  if (!layout_.is_imported_global(index)) return in_context;
  code_.load(true, kScratch, in_context);
  return Mem(kScratch, 0);
}

void FuncCompiler::on_global_get(const Instr& instr) {
  const ValType::Kind type = module_.globals[instr.index].type.type.kind();
  const bool floating = type == ValType::F32 || type == ValType::F64 || type == ValType::V128;
  const Dest dest = dest_for(floating);
  load_from(dest.reg, global_address(instr.index), type);
  finish(dest, type);
}

void FuncCompiler::on_global_set(const Instr& instr) {
  const Value value = pop();
  // store_value may use the scratch register that an imported global's address needs.
  const bool simple = value.is_const() && !value.is_float() && !value.is_wide();
  Value stored = value;
  if (!simple) {
    stored.kind = Value::Reg;
    stored.reg = use(value);
  }
  store_value(global_address(instr.index), stored);
  release(value);
}

// --- Tables and references ---------------------------------------------------------------------

// r11 = index, result = register with the table's elements.
RegNumber FuncCompiler::checked_table(uint32_t table, const Value& index) {
  load(kScratch, index);
  const RegNumber reg = alloc(false);
  code_.mov(r64(reg), qword[r13 + layout_.table(table)]);
  code_.cmp(r11, qword[r64(reg) + offsetof(VmTable, size)]);
  code_.jump_if(Cond::AE, trap_label(TrapCode::TableOutOfBounds));
  code_.mov(r64(reg), qword[r64(reg) + offsetof(VmTable, elements)]);
  return reg;
}

void FuncCompiler::on_table_get(const Instr& instr) {
  const Value index = pop();
  const RegNumber elements = checked_table(instr.index, index);
  release(index);
  const Dest dest = dest_for(false);
  code_.mov(r64(dest.reg), qword[r64(elements) + r11 * 8]);
  finish(dest, ValType::Ref);
}

void FuncCompiler::on_table_set(const Instr& instr) {
  const Value value = pop();
  const Value index = pop();
  const RegNumber reg = use(value);
  const RegNumber elements = checked_table(instr.index, index);
  code_.mov(qword[r64(elements) + r11 * 8], r64(reg));
  release(value);
  release(index);
}

void FuncCompiler::on_table_size(const Instr& instr) {
  const Dest dest = dest_for(false);
  code_.mov(r64(dest.reg), qword[r13 + layout_.table(instr.index)]);
  code_.mov(r64(dest.reg), qword[r64(dest.reg) + offsetof(VmTable, size)]);
  finish(dest, table_is_64(instr.index) ? ValType::I64 : ValType::I32);
}

void FuncCompiler::on_bulk(const Instr& instr) {
  charge_fuel();
  switch (instr.shape) {
    case Shape::MemoryInit:
      return call_builtin(Builtin::memory_init, {instr.index, instr.index2}, 3);
    case Shape::MemoryCopy:
      return call_builtin(Builtin::memory_copy, {instr.index, instr.index2}, 3);
    case Shape::MemoryFill: return call_builtin(Builtin::memory_fill, {instr.index}, 3);
    case Shape::DataDrop: return call_builtin(Builtin::data_drop, {instr.index}, 0);
    case Shape::TableFill: return call_builtin(Builtin::table_fill, {instr.index}, 3);
    case Shape::TableCopy: return call_builtin(Builtin::table_copy, {instr.index, instr.index2}, 3);
    case Shape::TableInit: return call_builtin(Builtin::table_init, {instr.index, instr.index2}, 3);
    case Shape::ElemDrop: return call_builtin(Builtin::elem_drop, {instr.index}, 0);
    case Shape::TableGrow:
      call_builtin(Builtin::table_grow, {instr.index}, 2);
      push_reg(kRax, table_is_64(instr.index) ? ValType::I64 : ValType::I32);
      stack_.back().upper_garbage = true;
      return;
    default:
      call_builtin(Builtin::ref_func, {instr.index}, 0);
      push_reg(kRax, ValType::Ref);
      return;
  }
}

void FuncCompiler::on_ref_compare(const Instr& instr) {
  const Value second = instr.shape == Shape::RefEq ? pop() : Value();
  const Value first = pop();
  const RegNumber reg = use(first);
  const RegNumber other = instr.shape == Shape::RefEq ? use(second) : reg;
  const FlagUse plan = plan_flag_use();
  reg == other ? code_.test(r64(reg), r64(reg)) : code_.cmp(r64(reg), r64(other));
  if (instr.shape == Shape::RefEq && reg == other) code_.cmp(r64(reg), r64(reg));
  release(first);
  release(second);
  consume_flags(plan, {Flags::Plain, Cond::E});
}

void FuncCompiler::on_ref_as_non_null() {
  const Value value = pop();
  const RegNumber reg = use(value);
  code_.test(r64(reg), r64(reg));
  code_.jump_if(Cond::E, trap_label(TrapCode::NullReference));
  release(value);
  if (value.kind == Value::Reg) return push_reg(reg, ValType::Ref);
  push(value);
}

}  // namespace skerry::baseline::x64
