// Frame, prologue, epilogue and the driver of FuncCompiler.
#include "baseline/x64/func_compiler.h"

#include <algorithm>

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

// A body byte becomes about four bytes of code; the buffer grows when that is not enough.
size_t code_size_hint(const FuncBody& body) { return body.code.size() * 4 + 512; }

bool is_float_type(ValType::Kind type) {
  return type == ValType::F32 || type == ValType::F64 || type == ValType::V128;
}

}  // namespace

FuncCompiler::FuncCompiler(const ValidatedModule& module, const ContextLayout& layout,
                           uint32_t func, const CodeOptions& options, const CpuFeatures& cpu)
    : validated_(module),
      module_(module.module()),
      layout_(layout),
      func_(func),
      options_(options),
      cpu_(cpu),
      body_(module_.bodies[func - module_.imported_funcs]),
      type_(module_.func_type(func)),
      reader_(body_.code, body_.offset, module.features()),
      scan_(prescan(module_, module.features(), func)),
      code_(code_size_hint(body_)),
      memory_may_move_(!module_.memories.empty() &&
                       (options.explicit_bounds || module_.memories[0].limits.is_64)) {
  std::ranges::fill(owner_, kFree);
  std::ranges::fill(cached_local_, kFree);
}

// --- Which locals get registers ----------------------------------------------------------------

// Preserved registers cost a save and a restore per call of this func; the others a store and a
// load around each call it makes. The heaviest locals choose first.
void FuncCompiler::assign_pins() {
  locals_.resize(scan_.locals.size());
  std::vector<uint32_t> order(locals_.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    order[i] = i;
    locals_[i].type = scan_.locals[i].type.kind();
  }
  constexpr uint32_t kMostPins = 16;
  const size_t count = std::min<size_t>(order.size(), kMostPins * 2);
  std::ranges::partial_sort(order, order.begin() + static_cast<ptrdiff_t>(count),
                            [&](uint32_t a, uint32_t b) {
                              return scan_.locals[a].weight != scan_.locals[b].weight
                                         ? scan_.locals[a].weight > scan_.locals[b].weight
                                         : a < b;
                            });
  RegSet saved = kSavedPins, int_call = kIntCallPins, float_call = kFloatCallPins;
  constexpr float kSaveCost = 2;
  const float call_cost = 2 * scan_.call_weight;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t local = order[i];
    const float weight = scan_.locals[local].weight;
    RegSet* choice = nullptr;
    if (is_float_type(locals_[local].type)) {
      if (!float_call.empty() && weight > call_cost) choice = &float_call;
    } else {
      const bool call_fits = !int_call.empty() && weight > call_cost;
      const bool saved_fits = !saved.empty() && weight > kSaveCost;
      if (call_fits && (!saved_fits || call_cost < kSaveCost))
        choice = &int_call;
      else if (saved_fits)
        choice = &saved;
    }
    if (!choice || weight == 0) continue;
    const RegNumber reg = choice->first();
    choice->remove(reg);
    locals_[local].pin = reg;
    pins_.add(reg);
    pinned_local_[reg] = local;
  }
  call_pins_ = pins_ & (kIntCallPins | kFloatCallPins);
  operand_regs_ = (kIntOperands | kFloatOperands | kIntCallPins | kFloatCallPins) - pins_;
}

// From rsp up: homes of locals, saved registers, operand slots, return address. The number of slots
// is known only at the end; whatever depends on it is patched.
void FuncCompiler::lay_out_frame() {
  uint32_t at = 0;
  // The homes used most come first, within reach of one-byte displacements.
  std::vector<uint32_t> order(locals_.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
    // Homes that start as zero lie together, so that they are cleared together.
    const bool zero_a = scan_.locals[a].needs_initial && locals_[a].pin == kNoReg;
    const bool zero_b = scan_.locals[b].needs_initial && locals_[b].pin == kNoReg;
    if (zero_a != zero_b) return zero_a;
    return scan_.locals[a].weight > scan_.locals[b].weight;
  });
  for (uint32_t local : order) {
    if (scan_.locals[local].weight == 0) continue;
    if (!needs_home(local)) continue;
    locals_[local].home = at;
    at += locals_[local].type == ValType::V128 ? 16 : 8;
  }
  saved_at_ = at;
  (pins_ & kSavedPins).for_each([&](RegNumber) { at += 8; });
  slots_at_ = at;
  slot_bytes_ = scan_.has_v128 ? 16 : 8;
}

// A local in a register that calls preserve is nowhere else, unless the frame may be handed over.
bool FuncCompiler::needs_home(uint32_t local) const {
  return counts() || locals_[local].pin == kNoReg || !kSavedPins.has(locals_[local].pin);
}

void FuncCompiler::emit_prologue() {
  code_.db(0x48);  // sub rsp, imm32, the frame size patched in later
  code_.db(0x81);
  code_.db(0xec);
  frame_patches_.push_back(code_.position());
  code_.dd(0);
  emit_poll();
  count_call();
  uint32_t at = saved_at_;
  (pins_ & kSavedPins).for_each([&](RegNumber reg) {
    code_.store(true, frame(at), reg);
    at += 8;
  });
  move_params_home();
  zero_locals();
  dirty_pins_ = call_pins_;
}

void FuncCompiler::move_params_home() {
  struct Move {
    RegNumber from, to;
    ValType::Kind type;
  };
  std::vector<Move> moves;
  const auto locations = param_locations(type_.params);
  // Stores first: they free registers that moves may write.
  for (uint32_t i = 0; i < locations.size(); ++i) {
    const LocalPlace& place = locals_[i];
    if (scan_.locals[i].weight == 0 || locations[i].kind == ValueLocation::Buffer) continue;
    const RegNumber from = locations[i].kind == ValueLocation::IntReg
                               ? kIntParamOrder[locations[i].index]
                               : xmm_number(locations[i].index);
    if (place.pin != kNoReg) {
      moves.push_back({from, place.pin, place.type});
      continue;
    }
    Value value;
    value.kind = Value::Reg;
    value.type = place.type;
    value.reg = from;
    store_value(frame(place.home), value);
  }
  // Only r8, r9 and xmm6, xmm7 are both parameter registers and pins.
  std::vector<RegisterMove> parallel;
  parallel.reserve(moves.size());
  for (const Move& move : moves) parallel.push_back({move.to, move.from, move.type});
  emit_parallel_moves(parallel);
  // Callers leave anything in the upper half of an i32, and a pinned one is used as an address as
  // it is: what stays in place is cleared too.
  for (const Move& move : moves)
    if (move.from == move.to && move.type == ValType::I32) code_.mov(r32(move.to), r32(move.to));
  bool have_buffer = false;
  for (uint32_t i = 0; i < locations.size(); ++i) {
    const LocalPlace& place = locals_[i];
    if (scan_.locals[i].weight == 0 || locations[i].kind != ValueLocation::Buffer) continue;
    if (!have_buffer) code_.load(true, kRax, context(context_offset::values));
    have_buffer = true;
    const Mem from(kRax, 8 * locations[i].index);
    const bool floating = is_float_type(place.type);
    const RegNumber reg = place.pin != kNoReg ? place.pin : floating ? kXmmScratch : kScratch;
    load_from(reg, from, place.type);
    if (place.pin == kNoReg) {
      Value value;
      value.kind = Value::Reg;
      value.type = place.type;
      value.reg = reg;
      store_value(frame(place.home), value);
    }
  }
}

void FuncCompiler::zero_locals() {
  uint32_t first = UINT32_MAX, last = 0;
  for (uint32_t i = static_cast<uint32_t>(type_.params.size()); i < locals_.size(); ++i) {
    const LocalPlace& place = locals_[i];
    if (!scan_.locals[i].needs_initial || scan_.locals[i].weight == 0) continue;
    if (place.pin == kNoReg) {
      first = std::min(first, place.home);
      last = std::max(last, place.home + (place.type == ValType::V128 ? 16 : 8));
    } else if (is_xmm(place.pin)) {
      code_.xorps(xmm(place.pin), xmm(place.pin));
    } else {
      code_.xor_(r32(place.pin), r32(place.pin));
    }
  }
  if (first >= last) return;
  uint32_t bytes = last - first;
  constexpr uint32_t kUnrolledBytes = 512;
  if (bytes > kUnrolledBytes) {
    // All parameters are at home by now: rdi, rcx and rax are free.
    code_.lea(rdi, ptr[rsp + first]);
    code_.mov(ecx, bytes / 8);
    code_.xor_(eax, eax);
    code_.rep();
    code_.stosq();
    return;
  }
  if (bytes == 8) {
    code_.mov(qword[rsp + first], 0);
    return;
  }
  code_.xorps(xmm15, xmm15);
  for (; bytes >= 16; bytes -= 16, first += 16) code_.movups(xword[rsp + first], xmm15);
  if (bytes > 0) code_.movups(xword[rsp + first - 8], xmm15);
}

void FuncCompiler::emit_restore_saved() {
  uint32_t at = saved_at_;
  (pins_ & kSavedPins).for_each([&](RegNumber reg) {
    code_.load(true, reg, frame(at));
    at += 8;
  });
  code_.db(0x48);  // add rsp, imm32
  code_.db(0x81);
  code_.db(0xc4);
  frame_patches_.push_back(code_.position());
  code_.dd(0);
}

void FuncCompiler::emit_return_sequence() {
  emit_restore_saved();
  code_.ret();
}

// --- Out-of-line code --------------------------------------------------------------------------

CodeLabel& FuncCompiler::trap_label(TrapCode trap) {
  cold_traps_.push_back({CodeLabel(), trap, instr_offset_});
  return cold_traps_.back().label;
}

void FuncCompiler::trap_now(TrapCode trap) {
  record_site(trap);
  code_.ud2();
}

void FuncCompiler::record_site(TrapCode trap) {
  out_.sites.append({code_.position(), instr_offset_, trap});
}

void FuncCompiler::record_call(uint32_t module_offset) {
  out_.sites.append({code_.position(), module_offset, TrapCode::None});
}

// One compare serves stack overflow and interruption: an interrupt raises the limit to all ones.
void FuncCompiler::emit_poll() {
  const CodePart around = begin_part(CodePart::Poll);
  cold_polls_.push_back({CodeLabel(), CodeLabel(), instr_offset_});
  ColdPoll& poll = cold_polls_.back();
  code_.alu(Alu::Cmp, true, kRsp, context(context_offset::stack_limit));
  code_.jump_if(Cond::B, poll.entry);
  code_.bind(poll.resume);
  begin_part(around);
}

void FuncCompiler::emit_cold_code() {
  for (ColdTrap& trap : cold_traps_) {
    code_.bind(trap.label);
    begin_part(CodePart::Instruction, trap.module_offset);
    out_.sites.append({code_.position(), trap.module_offset, trap.trap});
    code_.ud2();
  }
  for (ColdPoll& poll : cold_polls_) {
    code_.bind(poll.entry);
    begin_part(CodePart::Poll, poll.module_offset);
    code_.load(true, kScratch, context(context_offset::builtins));
    code_.call_at(Mem(kScratch, 8 * static_cast<uint32_t>(Builtin::poll)));
    record_call(poll.module_offset);
    code_.jump(poll.resume);
  }
  emit_cold_rounds();
  emit_cold_calls();
  begin_part(CodePart::Data, 0);
  for (JumpTable& table : jump_tables_) {
    while (code_.position() % 4 != 0) code_.db(0xcc);
    code_.bind(table.base);
    for (uint32_t label : table.labels) code_.refer(labels_[label]);
  }
}

// Fuel is counted per straight-line stretch and taken off at its end.
void FuncCompiler::charge_fuel() {
  if (!options_.fuel || fuel_pending_ == 0) return;
  code_.mov(r11, qword[r13 + context_offset::fuel_left]);
  code_.sub(qword[r11], static_cast<uint32_t>(std::min<uint64_t>(fuel_pending_, INT32_MAX)));
  code_.jump_if(Cond::S, trap_label(TrapCode::OutOfFuel));
  fuel_pending_ = 0;
}

// --- Driver ------------------------------------------------------------------------------------

Result<FuncCode> FuncCompiler::compile(CodeOrigins* origins) {
  code_.report_origins(origins);
  assign_pins();
  lay_out_frame();
  instr_offset_ = static_cast<uint32_t>(body_.offset);
  begin_part(CodePart::Entry);
  emit_prologue();

  uint32_t groups = 0;
  (void)reader_.read_local_group_count(groups);
  for (uint32_t i = 0; i < groups; ++i) {
    LocalDecl decl;
    (void)reader_.read_local_group(decl);
  }
  Control body;
  body.kind = Control::Func;
  body.label = return_label_ = new_label();
  body.results = type_.results;
  controls_.push_back(std::move(body));

  Instr instr;
  while (!reader_.at_end()) {
    (void)reader_.next(instr);
    instr_offset_ = static_cast<uint32_t>(reader_.offset_of(instr.begin));
    begin_part(CodePart::Instruction);
    if (options_.fuel) ++fuel_pending_;
    if (!compile_instr(instr))
      return fail(ErrorCode::UnsupportedInstruction, instr_offset_,
                  static_cast<uint64_t>(instr.op));
    locked_ = RegSet();
    if (unreachable_) skip_unreachable();
  }
  emit_cold_code();
  code_.link();
  if (Xbyak::GetError() != Xbyak::ERR_NONE) {
    const int error = Xbyak::GetError();
    Xbyak::ClearError();
    return fail(ErrorCode::InternalError, body_.offset, static_cast<uint64_t>(error));
  }

  // The return address makes the frame plus 8 a multiple of 16.
  uint32_t frame_bytes = slots_at_ + max_slots_ * slot_bytes_;
  frame_bytes = (frame_bytes + 15) / 16 * 16 + 8;
  for (uint32_t at : frame_patches_) code_.patch_u32(at, frame_bytes);
  out_.frame_bytes = frame_bytes;
  out_.made_by = "baseline";
  out_.code.assign(code_.getCode(), code_.getCode() + code_.getSize());
  out_.sites.shrink();
  std::ranges::sort(out_.callees);
  const auto repeated = std::ranges::unique(out_.callees);
  out_.callees.erase(repeated.begin(), repeated.end());
  return std::move(out_);
}

bool FuncCompiler::compile_instr(const Instr& instr) {
  switch (instr.shape) {
    case Shape::Nop: return true;
    case Shape::Unreachable:
      trap_now(TrapCode::Unreachable);
      start_unreachable();
      return true;
    case Shape::Block: on_block(instr); return true;
    case Shape::Loop: on_loop(instr); return true;
    case Shape::If: on_if(instr); return true;
    case Shape::Else: on_else(); return true;
    case Shape::End: on_end(); return true;
    case Shape::Br: on_br(instr.index); return true;
    case Shape::BrIf: on_br_if(instr.index); return true;
    case Shape::BrTable: on_br_table(instr); return true;
    case Shape::Return: on_br(static_cast<uint32_t>(controls_.size() - 1)); return true;
    case Shape::BrOnNull:
    case Shape::BrOnNonNull: on_br_on_null(instr); return true;
    case Shape::Call:
    case Shape::ReturnCall: on_call(instr); return true;
    case Shape::CallIndirect:
    case Shape::ReturnCallIndirect: on_call_indirect(instr); return true;
    case Shape::CallRef:
    case Shape::ReturnCallRef: on_call_ref(instr); return true;
    case Shape::Drop: release(pop()); return true;
    case Shape::Select:
    case Shape::SelectTyped: on_select(); return true;
    case Shape::LocalGet: push_local(instr.index, locals_[instr.index].type); return true;
    case Shape::LocalSet: assign_local(instr.index, pop(), false); return true;
    case Shape::LocalTee: assign_local(instr.index, pop(), true); return true;
    case Shape::GlobalGet: on_global_get(instr); return true;
    case Shape::GlobalSet: on_global_set(instr); return true;
    case Shape::Const: on_const(instr); return true;
    case Shape::Load: on_load(instr); return true;
    case Shape::Store: on_store(instr); return true;
    case Shape::MemorySize: on_memory_size(instr); return true;
    case Shape::MemoryGrow: on_memory_grow(instr); return true;
    case Shape::TableGet: on_table_get(instr); return true;
    case Shape::TableSet: on_table_set(instr); return true;
    case Shape::TableSize: on_table_size(instr); return true;
    case Shape::MemoryInit:
    case Shape::MemoryCopy:
    case Shape::MemoryFill:
    case Shape::DataDrop:
    case Shape::TableGrow:
    case Shape::TableFill:
    case Shape::TableCopy:
    case Shape::TableInit:
    case Shape::ElemDrop:
    case Shape::RefFunc: on_bulk(instr); return true;
    case Shape::RefNull: push_const(0, ValType::Ref); return true;
    case Shape::RefIsNull:
    case Shape::RefEq: on_ref_compare(instr); return true;
    case Shape::RefAsNonNull: on_ref_as_non_null(); return true;
    case Shape::RefTest:
    case Shape::RefCast:
    case Shape::BrOnCast: return on_cast(instr);
    case Shape::Unary:
    case Shape::Binary:
    case Shape::Compare: return instr.row().prefix == 0xfd ? on_simd(instr) : on_numeric(instr);
    case Shape::Ternary:
    case Shape::Shift:
    case Shape::Shuffle:
    case Shape::ExtractLane:
    case Shape::ReplaceLane:
    case Shape::LoadLane:
    case Shape::StoreLane: return on_simd(instr);
    default: return false;  // GC objects, exceptions, atomics
  }
}

void FuncCompiler::on_const(const Instr& instr) {
  switch (instr.op) {
    case Op::I32Const:
      if (try_const_jump(instr)) return;
      return push_const(static_cast<uint32_t>(instr.value), ValType::I32);
    case Op::I64Const: return push_const(instr.value, ValType::I64);
    case Op::F32Const: return push_const(instr.value, ValType::F32);
    case Op::F64Const: return push_const(instr.value, ValType::F64);
    default: {
      uint64_t low, high;
      std::memcpy(&low, instr.operand, 8);
      std::memcpy(&high, instr.operand + 8, 8);
      return push_const(low, ValType::V128, high);
    }
  }
}

bool FuncCompiler::on_numeric(const Instr& instr) {
  // One letter a type: operands, a colon, the result.
  const char in = instr.row().signature.front();
  const bool float_in = in == 'f' || in == 'F';
  switch (instr.shape) {
    case Shape::Compare: float_in ? on_float_compare(instr) : on_int_compare(instr); return true;
    case Shape::Binary: float_in ? on_float_binary(instr) : on_int_binary(instr); return true;
    default:
      if (in != instr.row().signature.back() || instr.op == Op::I32Eqz)
        instr.op == Op::I32Eqz || instr.op == Op::I64Eqz ? on_eqz(instr) : on_conversion(instr);
      else
        float_in ? on_float_unary(instr) : on_int_unary(instr);
      return true;
  }
}

}  // namespace skerry::baseline::x64
