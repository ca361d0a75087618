// Calls: arguments into place, the three kinds of callee, results back. See code/abi.h.
#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

constexpr uint32_t builtin_offset(Builtin which) { return 8 * static_cast<uint32_t>(which); }

}  // namespace

// Operands below the arguments survive a call in slots or as references to locals; pins that calls
// overwrite go home.
void FuncCompiler::save_for_call(size_t operands_left) {
  for (uint32_t i = flushed_; i < operands_left; ++i)
    if (stack_[i].kind == Value::Reg) spill(i);
  const RegSet dirty = dirty_pins_;
  dirty.for_each([&](RegNumber pin) {
    const LocalPlace& place = locals_[pinned_local_[pin]];
    Value value;
    value.kind = Value::Reg;
    value.type = place.type;
    value.reg = pin;
    store_value(frame(place.home), value);
  });
  dirty_pins_ = RegSet();
}

void FuncCompiler::marshal_args(const FuncType& type) {
  const size_t count = type.params.size();
  const size_t first = stack_.size() - count;
  save_for_call(first);
  CallScratch& scratch = call_scratch_;
  param_locations(type.params, scratch.locations);
  const std::vector<ValueLocation>& locations = scratch.locations;
  RegNumber buffer = kNoReg;
  for (size_t i = 0; i < count; ++i) {
    if (locations[i].kind != ValueLocation::Buffer) continue;
    if (buffer == kNoReg) {
      buffer = alloc(false);
      code_.load(true, buffer, context(context_offset::values));
    }
    store_value(Mem(buffer, 8 * locations[i].index), stack_[first + i]);
  }
  std::vector<RegisterMove>& moves = scratch.moves;
  std::vector<std::pair<RegNumber, Value>>& loads = scratch.loads;
  moves.clear();
  loads.clear();
  for (size_t i = 0; i < count; ++i) {
    if (locations[i].kind == ValueLocation::Buffer) continue;
    const Value& value = stack_[first + i];
    const RegNumber to = locations[i].kind == ValueLocation::IntReg
                             ? kIntParamOrder[locations[i].index]
                             : xmm_number(locations[i].index);
    const RegNumber from = register_of(value);
    if (from != kNoReg)
      moves.push_back({to, from, value.type});
    else
      loads.emplace_back(to, value);
  }
  emit_parallel_moves(moves);
  forget_cached_locals();
  for (const auto& [reg, value] : loads) load(reg, value);
  for (size_t i = 0; i < count; ++i) release(pop());
}

void FuncCompiler::after_call() {
  forget_cached_locals();
  stale_pins_ = call_pins_;
  if (memory_may_move_) code_.load(true, kMemory, context(context_offset::memory0_base));
}

// `is_tail`: the callee was called, not jumped to; its results are this func's.
void FuncCompiler::finish_call(const FuncType& type, bool is_tail) {
  if (is_tail) {
    emit_return_sequence();
    return start_unreachable();
  }
  after_call();
  if (type.results.empty()) return;
  if (type.results.size() == 1) {
    const RegNumber reg = is_float_class(type.results[0]) ? xmm_number(0) : kRax;
    push_reg(reg, type.results[0].kind());
    stack_.back().upper_garbage = true;
    return;
  }
  const auto locations = result_locations(type.results);
  code_.load(true, kRax, context(context_offset::values));
  for (size_t i = 0; i < locations.size(); ++i) {
    const ValType::Kind kind = type.results[i].kind();
    Value value;
    value.kind = Value::Reg;
    value.type = kind;
    value.reg = value.is_float() ? kXmmScratch : kScratch;
    load_from(value.reg, Mem(kRax, 8 * locations[i].index), kind);
    const auto slot = static_cast<uint32_t>(stack_.size());
    store_value(frame(slot_offset(slot)), value);
    value.kind = Value::Slot;
    value.slot = slot;
    push(value);
    max_slots_ = std::max(max_slots_, slot + 1);
  }
}

uint32_t FuncCompiler::reserve_slot() {
  const auto slot = static_cast<uint32_t>(stack_.size());
  max_slots_ = std::max(max_slots_, slot + 1);
  return slot;
}

// Calls code in another context: own context to a slot and to r10, the stack limit handed on.
void FuncCompiler::enter_context(uint32_t slot, const Mem& code, const Mem& context) {
  code_.mov(qword[rsp + slot_offset(slot)], r13);
  code_.mov(r11, qword[context]);
  code_.mov(rax, qword[code]);
  code_.mov(r10, r13);
  code_.mov(r13, r11);
  code_.mov(r11, qword[r10 + context_offset::stack_limit]);
  code_.mov(qword[r13 + context_offset::stack_limit], r11);
  code_.mov(r14, qword[r13 + context_offset::memory0_base]);
  code_.call(rax);
}

void FuncCompiler::leave_context(uint32_t slot) {
  code_.mov(r13, qword[rsp + slot_offset(slot)]);
  code_.mov(r14, qword[r13 + context_offset::memory0_base]);
}

void FuncCompiler::call_import(uint32_t func, bool is_tail) {
  const FuncType& type = module_.func_type(func);
  marshal_args(type);
  const uint32_t slot = reserve_slot();
  const uint32_t import = layout_.import_func(func);
  enter_context(slot, context(import + offsetof(VmImport, code)),
                context(import + offsetof(VmImport, context)));
  record_call(instr_offset_);
  leave_context(slot);
  finish_call(type, is_tail);
}

void FuncCompiler::on_call(const Instr& instr) {
  const bool is_tail = instr.shape == Shape::ReturnCall;
  charge_fuel();
  if (instr.index < module_.imported_funcs) return call_import(instr.index, is_tail);
  const FuncType& type = module_.func_type(instr.index);
  marshal_args(type);
  out_.callees.push_back(instr.index);
  const Mem entry = context(layout_.func_entry(instr.index));
  if (is_tail) {
    emit_restore_saved();
    code_.jump_at(entry);
    return start_unreachable();
  }
  code_.call_at(entry);
  record_call(instr_offset_);
  finish_call(type, false);
}

// --- Through references ------------------------------------------------------------------------

void FuncCompiler::check_signature(uint32_t type_index) {
  code_.mov(r11d, dword[r13 + layout_.type_id(type_index)]);
  code_.cmp(dword[rax + offsetof(VmFuncRef, type_id)], r11d);
  if (module_.types[type_index].is_final) {
    code_.jump_if(Cond::NE, trap_label(TrapCode::BadSignature));
    return;
  }
  // A subtype will do; the operands are in slots already.
  CodeLabel same;
  code_.jump_if(Cond::E, same);
  const uint32_t slot = reserve_slot();
  code_.mov(qword[rsp + slot_offset(slot)], rax);
  code_.mov(esi, dword[rax + offsetof(VmFuncRef, type_id)]);
  code_.mov(edx, r11d);
  emit_subtype_call();
  code_.test(eax, eax);
  code_.jump_if(Cond::E, trap_label(TrapCode::BadSignature));
  code_.mov(rax, qword[rsp + slot_offset(slot)]);
  code_.bind(same);
  forget_cached_locals();
  stale_pins_ = call_pins_;
}

// eax = whether the type with the id in esi is a subtype of the one in edx.
void FuncCompiler::emit_subtype_call() {
  code_.mov(rdi, r13);
  code_.mov(qword[r13 + context_offset::exit_rsp], rsp);
  code_.mov(rax, qword[r13 + context_offset::builtins]);
  code_.call(qword[rax + builtin_offset(Builtin::is_subtype)]);
  record_call(instr_offset_);
}

void FuncCompiler::on_call_indirect(const Instr& instr) {
  charge_fuel();
  const bool exact = module_.types[instr.index].is_final;
  const Value index = pop();
  load(kScratch, index);
  release(index);
  if (!exact) {
    code_.mov(qword[rsp + slot_offset(reserve_slot())], r11);
    const uint32_t slot = static_cast<uint32_t>(stack_.size());
    flush_stack();
    save_for_call(stack_.size());
    code_.mov(r11, qword[rsp + slot_offset(slot)]);
  }
  claim(kRax);
  code_.mov(rax, qword[r13 + layout_.table(instr.index2)]);
  code_.cmp(r11, qword[rax + offsetof(VmTable, size)]);
  code_.jump_if(Cond::AE, trap_label(TrapCode::UndefinedElement));
  code_.mov(rax, qword[rax + offsetof(VmTable, elements)]);
  code_.mov(rax, qword[rax + r11 * 8]);
  code_.test(rax, rax);
  code_.jump_if(Cond::E, trap_label(TrapCode::IndirectCallToNull));
  check_signature(instr.index);
  call_through_funcref(module_.types[instr.index].func, instr.shape == Shape::ReturnCallIndirect);
}

void FuncCompiler::on_call_ref(const Instr& instr) {
  charge_fuel();
  const Value reference = pop();
  if (!(reference.kind == Value::Reg && reference.reg == kRax)) {
    claim(kRax);
    load(kRax, reference);
  }
  release(reference);
  lock(kRax);
  code_.test(rax, rax);
  code_.jump_if(Cond::E, trap_label(TrapCode::NullFuncReference));
  call_through_funcref(module_.types[instr.index].func, instr.shape == Shape::ReturnCallRef);
}

void FuncCompiler::call_through_funcref(const FuncType& type, bool is_tail) {
  marshal_args(type);
  cold_calls_.push_back({CodeLabel(), CodeLabel(), reserve_slot(), instr_offset_, is_tail});
  ColdCall& cold = cold_calls_.back();
  code_.cmp(r13, qword[rax + offsetof(VmFuncRef, context)]);
  code_.jump_if(Cond::NE, cold.entry);
  if (is_tail) {
    emit_restore_saved();
    code_.jmp(qword[rax + offsetof(VmFuncRef, code)]);
    return start_unreachable();
  }
  code_.call(qword[rax + offsetof(VmFuncRef, code)]);
  record_call(instr_offset_);
  code_.bind(cold.resume);
  finish_call(type, false);
}

void FuncCompiler::emit_cold_calls() {
  for (ColdCall& cold : cold_calls_) {
    code_.bind(cold.entry);
    begin_part(CodePart::Instruction, cold.module_offset);
    enter_context(cold.slot, Mem(kRax, offsetof(VmFuncRef, code)),
                  Mem(kRax, offsetof(VmFuncRef, context)));
    record_call(cold.module_offset);
    leave_context(cold.slot);
    if (cold.is_tail)
      emit_return_sequence();
    else
      code_.jump(cold.resume);
  }
}

// --- Builtins ----------------------------------------------------------------------------------

void FuncCompiler::call_builtin(Builtin which, std::initializer_list<uint32_t> constants,
                                size_t count) {
  const size_t first = stack_.size() - count;
  save_for_call(first);
  std::vector<RegisterMove> moves;
  std::vector<std::pair<RegNumber, Value>> loads;
  for (size_t i = 0; i < count; ++i) {
    const Value& value = stack_[first + i];
    const RegNumber to = kIntParamOrder[1 + constants.size() + i];
    const RegNumber from = register_of(value);
    if (from == kNoReg) {
      loads.emplace_back(to, value);
      continue;
    }
    // Builtins take addresses and lengths of either width as 64 bits.
    if (value.upper_garbage && from == to) code_.mov(r32(from), r32(from));
    moves.push_back({to, from, value.type});
  }
  emit_parallel_moves(moves);
  forget_cached_locals();
  for (const auto& [reg, value] : loads) load(reg, value);
  size_t position = 1;
  for (uint32_t constant : constants) code_.mov(r32(kIntParamOrder[position++]), constant);
  for (size_t i = 0; i < count; ++i) release(pop());
  code_.mov(rdi, r13);
  code_.mov(qword[r13 + context_offset::exit_rsp], rsp);
  code_.mov(rax, qword[r13 + context_offset::builtins]);
  code_.call(qword[rax + builtin_offset(which)]);
  record_call(instr_offset_);
  after_call();
}

}  // namespace skerry::baseline::x64
