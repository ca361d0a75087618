// Counting code: how calls and rounds are counted, and how a loop hands its frame over to code of
// another tier. Not here: when that code is made (runtime).
// Invariant: where a loop is entered all its operands are in slots or constant and all pins are
// valid, so that once pins and constants are stored, the frame is as FrameMap says.
#include <algorithm>

#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

// What is added to the counter, so that it overflows after this many times.
uint32_t step_for(uint32_t times) {
  return static_cast<uint32_t>(std::clamp<uint64_t>((uint64_t{1} << 32) / times, 1, UINT32_MAX));
}

}  // namespace

void FuncCompiler::count_call() {
  if (!counts()) return;
  add_to_counter(step_for(options_.hot_after_calls), {});
}

void FuncCompiler::count_round() {
  if (!counts()) return;
  ColdRound round;
  for (uint32_t i = 0; i < stack_.size(); ++i) {
    const Value& value = stack_[i];
    if (value.kind == Value::Const)
      round.constants.emplace_back(i, value);
    else if (value.slot != i)
      return;  // it is where FrameMap cannot say; some other loop will be hot
  }
  max_slots_ = std::max(max_slots_, static_cast<uint32_t>(stack_.size()));
  round.is_loop = true;
  add_to_counter(step_for(options_.hot_after_rounds), std::move(round));
}

void FuncCompiler::add_to_counter(uint32_t step, ColdRound round) {
  round.module_offset = instr_offset_;
  cold_rounds_.push_back(std::move(round));
  const CodePart around = begin_part(CodePart::Count);
  code_.add(dword[r13 + layout_.func_counter(func_)], step);
  code_.jump_if(Cond::B, cold_rounds_.back().entry);
  code_.bind(cold_rounds_.back().resume);
  begin_part(around);
}

// In: r11d, what is hot. Out: rax, code to hand over to, or null. A backtrace does not show the
// place of the call: it is none of the func's instructions.
void FuncCompiler::call_hot_stub() {
  code_.load(true, kRax, context(context_offset::builtins));
  code_.call_at(Mem(kRax, 8 * static_cast<uint32_t>(Builtin::hot)));
  record_call(handover_offset(body_));
}

// Operand registers are free where a loop is entered, and rax at the func's entry.
void FuncCompiler::emit_cold_rounds() {
  bool has_loops = false;
  CodeLabel hand_over;
  for (ColdRound& round : cold_rounds_) {
    code_.bind(round.entry);
    begin_part(CodePart::Count, round.module_offset);
    for (const auto& [slot, value] : round.constants) store_value(frame(slot_offset(slot)), value);
    code_.mov(r11d, round.module_offset);
    if (round.is_loop) {
      has_loops = true;
      code_.address_of(rcx, round.resume);
      code_.jump(hand_over);
    } else {
      call_hot_stub();
      code_.jump(round.resume);
    }
  }
  if (!has_loops) return;
  code_.bind(hand_over);
  begin_part(CodePart::HandOver, 0);
  pins_.for_each([&](RegNumber reg) {
    Value value;
    value.kind = Value::Reg;
    value.type = locals_[pinned_local_[reg]].type;
    value.reg = reg;
    store_value(frame(locals_[pinned_local_[reg]].home), value);
  });
  call_hot_stub();
  code_.test(rax, rax);
  CodeLabel resume;
  code_.jump_if(Cond::E, resume);
  code_.mov(rdi, rsp);
  code_.call(rax);
  record_call(handover_offset(body_));
  emit_return_sequence();  // the results are where this func would have left them
  code_.bind(resume);
  code_.jmp(rcx);
}

FrameMap FuncCompiler::frame_map() {
  assign_pins();
  lay_out_frame();
  FrameMap map;
  for (uint32_t i = 0; i < locals_.size(); ++i)
    map.locals.push_back(scan_.locals[i].weight == 0 ? FrameMap::kNowhere : locals_[i].home);
  map.operands_at = slots_at_;
  map.operand_bytes = slot_bytes_;
  return map;
}

}  // namespace skerry::baseline::x64
