// Branches: plain, conditional, by table, on null, and straight through dispatch loops.
#include <algorithm>
#include <array>

#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

constexpr RegSet kIntsWithoutResult = (kIntOperands | kIntCallPins) - RegSet{kRax};

}  // namespace

void FuncCompiler::on_br(uint32_t depth) {
  const Control& target = control_at(depth);
  charge_fuel();
  if (target.kind != Control::Func) refresh_pins();
  move_results(target);
  code_.jump(labels_[target.label]);
  start_unreachable();
}

void FuncCompiler::on_br_if(uint32_t depth) {
  const Value condition = pop();
  const Control& target = control_at(depth);
  if (condition.is_const()) {
    if (static_cast<uint32_t>(condition.low) != 0) on_br(depth);
    return;
  }
  charge_fuel();
  refresh_pins();
  if (target.label_types().empty()) {
    emit_nonzero_test(condition);
    release(condition);
    return jump_on({Flags::Plain, Cond::NE}, target.label);
  }
  if (results_go_to_memory(target)) {
    CodeLabel stay;
    emit_nonzero_test(condition);
    release(condition);
    code_.jump_if(Cond::E, stay);
    emit_branch(target);
    return code_.bind(stay);
  }
  const RegNumber reg = alloc_of(kIntsWithoutResult & operand_regs_);
  load(reg, condition);
  release(condition);
  move_results(target);
  code_.test(r32(reg), r32(reg));
  jump_on({Flags::Plain, Cond::NE}, target.label);
}

// Such results may take the places of operands that are needed where the branch is not taken.
bool FuncCompiler::results_go_to_memory(const Control& target) {
  const size_t count = target.label_types().size();
  return count > 1 || (count == 1 && target.kind == Control::Loop);
}

// Branches; what follows goes on from the state before.
void FuncCompiler::emit_branch(const Control& target) {
  forget_cached_locals();
  const auto stack = stack_;
  const auto locals = locals_;
  const auto owners = std::to_array(owner_);
  move_results(target);
  code_.jump(labels_[target.label]);
  stack_ = stack;
  locals_ = locals;
  std::ranges::copy(owners, owner_);
  forget_cached_locals();
}

// r11 = index; jumps through labels, the last one being the default.
void FuncCompiler::emit_table_jump(const std::vector<uint32_t>& labels) {
  const auto count = static_cast<uint32_t>(labels.size() - 1);
  constexpr uint32_t kMostCompares = 3;
  if (count <= kMostCompares) {
    for (uint32_t i = 0; i < count; ++i) {
      i == 0 ? code_.test(r11d, r11d) : code_.cmp(r11d, i);
      code_.jump_if(Cond::E, labels_[labels[i]]);
    }
    code_.jump(labels_[labels[count]]);
    return;
  }
  jump_tables_.push_back({CodeLabel(), {labels.begin(), labels.end() - 1}});
  for (uint32_t label : labels) labels_[label].want();
  code_.cmp(r11d, count);
  code_.jump_if(Cond::AE, labels_[labels[count]]);
  // An entry is the distance from its own end to the goal.
  code_.address_of(rcx, jump_tables_.back().base);
  code_.lea(rcx, ptr[rcx + r11 * 4]);
  code_.movsxd(r11, dword[rcx]);
  code_.lea(rcx, ptr[rcx + r11 + 4]);
  code_.jmp(rcx);
}

void FuncCompiler::on_br_table(const Instr& instr) {
  const Value index = pop();
  std::vector<uint32_t> depths;
  depths.reserve(instr.count + 1);
  reader_.for_each_target(instr, [&](uint32_t depth) { depths.push_back(depth); });
  const bool is_dispatch = open_dispatch_ != UINT32_MAX;
  open_dispatch_ = UINT32_MAX;
  if (index.is_const()) {
    const auto value = static_cast<uint32_t>(index.low);
    return on_br(depths[std::min<size_t>(value, instr.count)]);
  }
  charge_fuel();
  refresh_pins();

  std::vector<uint32_t> labels;
  labels.reserve(depths.size());
  const Control& first = control_at(depths[0]);
  const size_t arity = first.label_types().size();
  bool direct = arity <= 1;
  for (uint32_t depth : depths)
    if (arity > 0 && control_at(depth).kind == Control::Loop) direct = false;
  if (direct) {
    load(kScratch, index);
    release(index);
    move_results(first);  // one value: the same register for every target
    for (uint32_t depth : depths) labels.push_back(control_at(depth).label);
    if (is_dispatch) {
      // Nearly every entry is a fresh call: block 0.
      code_.test(r11d, r11d);
      code_.jump_if(Cond::E, labels_[labels[0]]);
    }
    emit_table_jump(labels);
    return start_unreachable();
  }
  // The values go to different places: a stretch of moves for each target.
  load(kScratch, index);
  release(index);
  std::vector<uint32_t> stretch_of(controls_.size(), kNoLabel);
  for (uint32_t depth : depths) {
    if (stretch_of[depth] == kNoLabel) stretch_of[depth] = new_label();
    labels.push_back(stretch_of[depth]);
  }
  emit_table_jump(labels);
  for (uint32_t depth = 0; depth < stretch_of.size(); ++depth) {
    if (stretch_of[depth] == kNoLabel) continue;
    code_.bind(labels_[stretch_of[depth]]);
    locked_ = RegSet();
    emit_branch(control_at(depth));
  }
  start_unreachable();
}

void FuncCompiler::on_br_on_null(const Instr& instr) {
  const bool on_null = instr.shape == Shape::BrOnNull;
  const Value value = pop();
  const RegNumber reg = alloc_of(kIntsWithoutResult & operand_regs_);
  load(reg, value);
  release(value);
  charge_fuel();
  refresh_pins();
  const Control& target = control_at(instr.index);
  if (results_go_to_memory(target)) {
    if (!on_null) push_reg(reg, ValType::Ref);
    CodeLabel stay;
    code_.test(r64(reg), r64(reg));
    code_.jump_if(on_null ? Cond::NE : Cond::E, stay);
    emit_branch(target);
    code_.bind(stay);
    if (on_null) return push_reg(reg, ValType::Ref);
    return release(pop());
  }
  if (on_null) {
    move_results(target);
    code_.test(r64(reg), r64(reg));
    code_.jump_if(Cond::E, labels_[target.label]);
    push_reg(reg, ValType::Ref);
    return;
  }
  push_reg(reg, ValType::Ref);
  move_results(target);
  const RegNumber now = register_of(stack_.back());
  code_.test(r64(now), r64(now));
  code_.jump_if(Cond::NE, labels_[target.label]);
  release(pop());
}

// --- Jumps through a dispatch loop -------------------------------------------------------------

uint32_t FuncCompiler::const_jump_label(const ConstJump& jump, uint32_t depth) {
  if (depth >= controls_.size()) return kNoLabel;
  const Control& loop = control_at(depth);
  if (loop.dispatch == UINT32_MAX) return kNoLabel;
  const ScannedDispatch& dispatch = scan_.dispatches[loop.dispatch];
  if (dispatch.local != jump.local) return kNoLabel;
  const uint32_t block = dispatch.block_for(jump.value);
  return block == DispatchLoop::kNoBlock ? kNoLabel : dispatch_labels_[loop.dispatch][block];
}

bool FuncCompiler::try_const_jump(const Instr& instr) {
  if (active_dispatches_ == 0 || reader_.peek() != 0x21) return false;
  ConstJump jump;
  if (!match_const_jump(instr.begin, body_.code.data() + body_.code.size(), jump)) return false;
  const uint32_t label = const_jump_label(jump, jump.depth);
  if (label == kNoLabel) return false;
  const ScannedDispatch& dispatch = scan_.dispatches[control_at(jump.depth).dispatch];
  if (!dispatch.store_is_dead) {
    Value value;
    value.low = jump.value;
    assign_local(jump.local, value, false);
  }
  reader_.set_pos(jump.end);
  begin_last_read();
  fuel_pending_ += 2;  // the set and the br
  charge_fuel();
  refresh_pins();
  code_.jump(labels_[label]);
  start_unreachable();
  return true;
}

}  // namespace skerry::baseline::x64
