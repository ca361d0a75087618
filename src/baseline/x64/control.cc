// Structured control: blocks, the operand stack where paths meet, and who consumes flags.
// Branches are in branches.cc.
#include "baseline/x64/func_compiler.h"

#include <algorithm>
#include <array>

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

namespace {

RegNumber result_register(ValType type) { return is_float_class(type) ? xmm_number(0) : kRax; }

}  // namespace

// --- Labels and the operand stack at them ------------------------------------------------------

void FuncCompiler::bind_label(uint32_t label) {
  assert(stale_pins_.empty());
  forget_cached_locals();
  dirty_pins_ = call_pins_;
  zero_flag_.reg = kNoReg;
  code_.bind(labels_[label]);
}

void FuncCompiler::set_stack_after_label(const Control& control, const std::vector<ValType>& types,
                                         bool in_slots) {
  while (stack_.size() > control.height) release(pop());
  flushed_ = control.height;
  if (types.size() == 1 && !in_slots) {
    push_reg(result_register(types[0]), types[0].kind());
    return;
  }
  for (ValType type : types) {
    Value value;
    value.kind = Value::Slot;
    value.type = type.kind();
    value.slot = static_cast<uint32_t>(stack_.size());
    push(value);
  }
  flushed_ = static_cast<uint32_t>(stack_.size());
  max_slots_ = std::max(max_slots_, flushed_);
}

void FuncCompiler::move_results(const Control& target) {
  const std::vector<ValType>& types = target.label_types();
  if (types.empty()) return;
  const size_t first = stack_.size() - types.size();
  if (types.size() == 1 && target.kind != Control::Loop) {
    Value& value = stack_.back();
    const RegNumber reg = result_register(types[0]);
    if (value.kind == Value::Reg && value.reg == reg) return;
    claim(reg);
    load(reg, value);
    if (value.kind == Value::Reg) owner_[value.reg] = kFree;
    if (value.kind == Value::Local) --locals_[value.local].pending;
    value.kind = Value::Reg;
    value.reg = reg;
    owner_[reg] = static_cast<uint32_t>(first);
    return;
  }
  if (target.kind == Control::Func) {
    const RegNumber buffer = alloc(false);
    code_.load(true, buffer, context(context_offset::values));
    const auto locations = result_locations(types);
    for (size_t i = 0; i < types.size(); ++i)
      store_value(Mem(buffer, 8 * locations[i].index), stack_[first + i]);
    return;
  }
  // A value's own slot is never below the one it moves to, so ascending order overwrites nothing.
  for (size_t i = 0; i < types.size(); ++i) {
    const auto slot = static_cast<uint32_t>(target.height + i);
    const Value& value = stack_[first + i];
    if (value.kind == Value::Slot && value.slot == slot) continue;
    store_value(frame(slot_offset(slot)), value);
    max_slots_ = std::max(max_slots_, slot + 1);
  }
}

// Where several paths meet with parameters, constants have to be in their slots as well.
void FuncCompiler::force_params_to_slots(size_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) spill(static_cast<uint32_t>(i));
}

void FuncCompiler::jump_on(Flags flags, uint32_t label) {
  CodeLabel& target = labels_[label];
  switch (flags.kind) {
    case Flags::Plain: code_.jump_if(flags.cond, target); return;
    case Flags::FloatNotEqual:
      code_.jump_if(Cond::P, target);
      code_.jump_if(Cond::NE, target);
      return;
    case Flags::FloatEqual: {
      CodeLabel unordered;
      code_.jump_if(Cond::P, unordered);
      code_.jump_if(Cond::E, target);
      code_.bind(unordered);
      return;
    }
  }
}

// --- Consumers of flags ------------------------------------------------------------------------

bool FuncCompiler::plan_if(FlagUse& plan) {
  const uint8_t* const end = body_.code.data() + body_.code.size();
  ConstJump jump;
  // One jump for all of it leaves no place where the jump's own fuel could be charged.
  if (plan.block.kind == BlockType::Empty && active_dispatches_ > 0 && !options_.fuel &&
      match_const_jump(reader_.pos(), end, jump) && *jump.end == 0x0b && jump.depth > 0) {
    const uint32_t label = const_jump_label(jump, jump.depth - 1);
    const Control& loop = control_at(jump.depth - 1);
    if (label != kNoLabel && scan_.dispatches[loop.dispatch].store_is_dead) {
      plan.kind = FlagUse::ConstJump;
      plan.label = label;
      reader_.set_pos(jump.end + 1);
      return true;
    }
  }
  if (plan.block.kind == BlockType::TypeIndex &&
      !module_.types[plan.block.type_index].func.params.empty())
    return false;
  plan.kind = FlagUse::If;
  flush_stack();
  return true;
}

FuncCompiler::FlagUse FuncCompiler::plan_flag_use() {
  FlagUse plan;
  for (;;) {
    const uint8_t* const before = reader_.pos();
    const uint8_t next = reader_.peek();
    Instr instr;
    switch (next) {
      case 0x45:  // i32.eqz
        (void)reader_.next(instr);
        ++fuel_pending_;
        plan.inverted = !plan.inverted;
        continue;
      case 0x0d: {
        (void)reader_.next(instr);
        const Control& target = control_at(instr.index);
        if (!target.label_types().empty()) {
          reader_.set_pos(before);
          return plan;
        }
        plan.kind = FlagUse::BrIf;
        plan.label = target.label;
        break;
      }
      case 0x04:
        (void)reader_.next(instr);
        plan.block = instr.block;
        if (!plan_if(plan)) {
          reader_.set_pos(before);
          return plan;
        }
        break;
      case 0x1b:
      case 0x1c:
        (void)reader_.next(instr);
        ++fuel_pending_;
        plan.kind = FlagUse::Select;
        return plan;
      default: return plan;
    }
    ++fuel_pending_;
    refresh_pins();
    charge_fuel();
    return plan;
  }
}

void FuncCompiler::consume_flags(const FlagUse& plan, Flags flags) {
  if (plan.inverted) flags = flags.inverted();
  if (plan.kind != FlagUse::AsValue) begin_last_read();
  switch (plan.kind) {
    case FlagUse::AsValue: materialize_flags(flags); return;
    case FlagUse::BrIf:
    case FlagUse::ConstJump: jump_on(flags, plan.label); return;
    case FlagUse::If: enter_if(plan.block, flags); return;
    case FlagUse::Select: select_by_flags(flags); return;
  }
}

void FuncCompiler::materialize_flags(Flags flags) {
  const Dest dest = dest_for(false);
  const RegNumber reg = dest.reg;
  const Xbyak::Reg8 low(reg, reg >= 4);
  if (flags.kind == Flags::Plain) {
    code_.set_if(flags.cond, low);
  } else {
    const bool equal = flags.kind == Flags::FloatEqual;
    const Xbyak::Reg8 parity = r11b;
    code_.set_if(equal ? Cond::NP : Cond::P, parity);
    code_.set_if(equal ? Cond::E : Cond::NE, low);
    equal ? code_.and_(low, parity) : code_.or_(low, parity);
  }
  code_.movzx(r32(reg), low);
  finish(dest, ValType::I32);
}

void FuncCompiler::emit_nonzero_test(const Value& value) {
  if (register_of(value) == kNoReg && value.kind != Value::Const) {
    code_.cmp(dword[memory_of(value)], 0);
    return;
  }
  const RegNumber reg = use(value);
  if (!zero_flag_is_of(reg, false)) code_.test_zero(false, reg);
}

void FuncCompiler::on_select() {
  const Value condition = pop();
  if (condition.is_const()) {
    const Value second = pop();
    const Value first = pop();
    release(first);
    release(second);
    push(static_cast<uint32_t>(condition.low) != 0 ? first : second);
    return;
  }
  emit_nonzero_test(condition);
  release(condition);
  select_by_flags({Flags::Plain, Cond::NE});
}

// Emits nothing that changes the flags before it has used them.
void FuncCompiler::select_by_flags(Flags flags) {
  Value second = pop();
  Value first = pop();
  if (flags.kind == Flags::FloatNotEqual) {
    flags = flags.inverted();
    std::swap(first, second);
  }
  const ValType::Kind type = first.type;
  const RegNumber reg1 = use(first), reg2 = use(second);
  const Dest dest = dest_for(first.is_float(), &first, &second);
  const bool wide = first.is_wide();
  if (first.is_float()) {
    // The result starts as the one that is not in dest's way.
    const bool dest_is_second = dest.reg == reg2;
    CodeLabel done, take_second;
    if (flags.kind == Flags::FloatEqual) {
      const RegNumber other = dest_is_second ? kXmmScratch : reg2;
      if (dest_is_second) move_reg(kXmmScratch, reg2, type);
      move_reg(dest.reg, reg1, type);
      code_.jump_if(Cond::P, take_second);
      code_.jump_if(Cond::E, done);
      code_.bind(take_second);
      move_reg(dest.reg, other, type);
    } else {
      if (!dest_is_second) move_reg(dest.reg, reg1, type);
      code_.jump_if(dest_is_second ? invert(flags.cond) : flags.cond, done);
      move_reg(dest.reg, dest_is_second ? reg1 : reg2, type);
    }
    code_.bind(done);
  } else if (flags.kind == Flags::FloatEqual) {
    RegNumber other = reg2;
    if (dest.reg == reg2) {
      move_reg(kScratch, reg2, ValType::I64);
      other = kScratch;
    }
    move_reg(dest.reg, reg1, type);
    code_.move_if(Cond::NE, gp(dest.reg, wide), gp(other, wide));
    code_.move_if(Cond::P, gp(dest.reg, wide), gp(other, wide));
  } else if (dest.reg == reg1) {
    code_.move_if(invert(flags.cond), gp(dest.reg, wide), gp(reg2, wide));
  } else {
    move_reg(dest.reg, reg2, type);
    code_.move_if(flags.cond, gp(dest.reg, wide), gp(reg1, wide));
  }
  release(first);
  release(second);
  finish(dest, type);
}

// --- Blocks ------------------------------------------------------------------------------------

void FuncCompiler::set_signature(Control& control, const BlockType& type) const {
  if (type.kind == BlockType::Value) {
    control.results.push_back(type.value);
  } else if (type.kind == BlockType::TypeIndex) {
    const FuncType& signature = module_.types[type.type_index].func;
    control.params = signature.params;
    control.results = signature.results;
  }
}

void FuncCompiler::on_block(const Instr& instr) {
  flush_stack();
  Control control;
  control.kind = Control::Block;
  set_signature(control, instr.block);
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  control.label = new_label();
  if (open_dispatch_ != UINT32_MAX) {
    control.dispatch_owner = open_dispatch_;
    control.dispatch_block = static_cast<uint32_t>(dispatch_labels_[open_dispatch_].size());
    dispatch_labels_[open_dispatch_].push_back(control.label);
  }
  controls_.push_back(std::move(control));
}

void FuncCompiler::on_loop(const Instr& instr) {
  Control control;
  control.kind = Control::Loop;
  set_signature(control, instr.block);
  flush_stack();
  force_params_to_slots(control.params.size());
  refresh_pins();
  charge_fuel();
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  control.label = new_label();
  DispatchLoop probe;
  if (instr.block.kind == BlockType::Empty &&
      match_dispatch(reader_.pos(), body_.code.data() + body_.code.size(), probe)) {
    control.dispatch = next_dispatch_++;
    dispatch_labels_.resize(next_dispatch_);
    open_dispatch_ = control.dispatch;
    ++active_dispatches_;
  } else {
    code_.align_code(16);
  }
  bind_label(control.label);
  // A dispatch loop that every jump goes past has no rounds.
  const bool has_rounds =
      control.dispatch == UINT32_MAX || !scan_.dispatches[control.dispatch].store_is_dead;
  controls_.push_back(std::move(control));
  emit_poll();
  if (has_rounds) count_round();
}

void FuncCompiler::on_if(const Instr& instr) {
  const Value condition = pop();
  FlagUse plan;
  plan.block = instr.block;
  if (!plan_if(plan)) {
    plan.kind = FlagUse::If;
    flush_stack();
    force_params_to_slots(module_.types[plan.block.type_index].func.params.size());
  }
  refresh_pins();
  charge_fuel();
  emit_nonzero_test(condition);
  release(condition);
  consume_flags(plan, {Flags::Plain, Cond::NE});
}

void FuncCompiler::enter_if(const BlockType& type, Flags flags) {
  Control control;
  control.kind = Control::If;
  set_signature(control, type);
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  control.label = new_label();
  control.else_label = new_label();
  jump_on(flags.inverted(), control.else_label);
  controls_.push_back(std::move(control));
}

void FuncCompiler::on_else() {
  Control& control = controls_.back();
  if (!unreachable_) {
    refresh_pins();
    charge_fuel();
    move_results(control);
    code_.jump(labels_[control.label]);
  }
  // The branch here came from before the first arm, when every pin was valid.
  stale_pins_ = RegSet();
  bind_label(control.else_label);
  set_stack_after_label(control, control.params, true);
  control.kind = Control::Else;
  unreachable_ = false;
}

void FuncCompiler::end_if_without_else(const Control& control) {
  if (control.params.empty()) {
    if (!unreachable_) {
      refresh_pins();
      charge_fuel();
    }
    stale_pins_ = RegSet();
    bind_label(control.else_label);
    if (labels_[control.label].is_used()) code_.bind(labels_[control.label]);
    set_stack_after_label(control, control.results, false);
    return;
  }
  if (!unreachable_) {
    refresh_pins();
    charge_fuel();
    move_results(control);
    code_.jump(labels_[control.label]);
  }
  stale_pins_ = RegSet();
  bind_label(control.else_label);
  set_stack_after_label(control, control.params, true);
  move_results(control);
  bind_label(control.label);
  set_stack_after_label(control, control.results, false);
}

void FuncCompiler::end_func() {
  if (!unreachable_) {
    charge_fuel();
    move_results(controls_.back());
  }
  stale_pins_ = RegSet();
  if (!unreachable_ || labels_[return_label_].is_used()) {
    bind_label(return_label_);
    emit_return_sequence();
  }
  controls_.pop_back();
  unreachable_ = false;
}

void FuncCompiler::on_end() {
  const Control control = std::move(controls_.back());
  if (control.kind == Control::Func) {
    controls_.back() = control;
    return end_func();
  }
  controls_.pop_back();
  if (control.dispatch != UINT32_MAX) --active_dispatches_;
  if (control.kind == Control::If) {
    end_if_without_else(control);
    unreachable_ = false;
    return;
  }
  if (control.kind == Control::Loop || !labels_[control.label].is_used()) {
    // Nothing joins here: the operands stay where they are, or the code stays dead.
    if (control.dispatch_owner == UINT32_MAX) return;
  }
  if (!unreachable_) {
    refresh_pins();
    charge_fuel();
    move_results(control);
  }
  stale_pins_ = RegSet();
  bind_label(control.label);
  set_stack_after_label(control, control.results, false);
  unreachable_ = false;
  if (control.dispatch_owner != UINT32_MAX &&
      scan_.dispatches[control.dispatch_owner].is_backward_goal[control.dispatch_block]) {
    emit_poll();
    count_round();
  }
}

void FuncCompiler::skip_unreachable() {
  uint32_t depth = 0;
  Instr instr;
  while (unreachable_ && !reader_.at_end()) {
    (void)reader_.next(instr);
    instr_offset_ = static_cast<uint32_t>(reader_.offset_of(instr.begin));
    begin_part(CodePart::Instruction);
    locked_ = RegSet();
    switch (instr.shape) {
      case Shape::Loop: {
        // Keeps step with the prescan's numbering.
        DispatchLoop probe;
        if (instr.block.kind == BlockType::Empty &&
            match_dispatch(reader_.pos(), body_.code.data() + body_.code.size(), probe))
          dispatch_labels_.resize(++next_dispatch_);
        ++depth;
        break;
      }
      case Shape::Block:
      case Shape::If:
      case Shape::TryTable: ++depth; break;
      case Shape::Else:
        if (depth == 0) on_else();
        break;
      case Shape::End:
        if (depth == 0)
          on_end();
        else
          --depth;
        break;
      default: break;
    }
  }
}

}  // namespace skerry::baseline::x64
