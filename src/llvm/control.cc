// Structured control: blocks become labels with phis, branches add to the phis.
// A loop has no poll here: the pipeline puts one into every cycle that is left at its end, so that
// none stands in the way of the passes before.
#include <algorithm>

#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

using llvm::BasicBlock;

// --- Labels ------------------------------------------------------------------------------------

void FuncTranslator::set_signature(Control& control, const BlockType& type) const {
  if (type.kind == BlockType::Value) {
    control.results.push_back(type.value);
  } else if (type.kind == BlockType::TypeIndex) {
    const FuncType& signature = module_.types[type.type_index].func;
    control.params = signature.params;
    control.results = signature.results;
  }
}

// The label of a control, with a phi for each value that branches bring.
void FuncTranslator::make_label(Control& control) {
  control.label = new_block();
  for (ValType type : control.label_types())
    control.phis.push_back(llvm::PHINode::Create(type_of(type), 2, "", control.label));
}

// Code goes on in this block.
void FuncTranslator::bind(BasicBlock* block) {
  func_->insert(func_->end(), block);
  ir_.SetInsertPoint(block);
  is_unreachable_ = false;
}

void FuncTranslator::start_after(const Control& control) {
  stack_.resize(control.height);
  stack_.insert(stack_.end(), control.phis.begin(), control.phis.end());
}

// Hands the top operands to the target's phis, for one edge from here.
void FuncTranslator::pass_values(Control& target) {
  const size_t first = stack_.size() - target.phis.size();
  for (size_t i = 0; i < target.phis.size(); ++i)
    target.phis[i]->addIncoming(stack_[first + i], ir_.GetInsertBlock());
}

void FuncTranslator::jump_to(Control& target) {
  pass_values(target);
  ir_.CreateBr(target.label);
}

void FuncTranslator::return_values() {
  const auto places = result_locations(type_.results);
  if (places.empty()) {
    ir_.CreateRetVoid();
  } else if (places.size() == 1) {
    ir_.CreateRet(stack_.back());
  } else {
    Value const buffer = load_fixed(pointer_, context_offset::values);
    const size_t first = stack_.size() - places.size();
    for (size_t i = 0; i < places.size(); ++i)
      store(stack_[first + i], offset_pointer(buffer, 8 * places[i].index), Region::Buffer);
    ir_.CreateRetVoid();
  }
}

// --- Traps and fuel ----------------------------------------------------------------------------

// Ends the current block.
void FuncTranslator::trap(TrapCode code) {
  llvm::CallInst* const call = ir_.CreateIntrinsic(llvm::Intrinsic::ubsantrap, {},
                                                   {ir_.getInt8(static_cast<uint8_t>(code))});
  // Each trap keeps the place it came from.
  call->addFnAttr(llvm::Attribute::NoMerge);
  call->setDoesNotReturn();
  ir_.CreateUnreachable();
}

void FuncTranslator::branch_rarely(Value condition, BasicBlock* rare, BasicBlock* usual) {
  ir_.CreateCondBr(condition, rare, usual, rarely_);
}

void FuncTranslator::trap_if(Value condition, TrapCode code) {
  BasicBlock* const trapping = new_block();
  BasicBlock* const rest = new_block();
  branch_rarely(condition, trapping, rest);
  bind(trapping);
  trap(code);
  bind(rest);
}

// Fuel is counted per straight-line stretch and taken off at its end.
void FuncTranslator::charge_fuel() {
  if (!options_.fuel || fuel_pending_ == 0) return;
  Value const counter = load_fixed(pointer_, context_offset::fuel_left);
  Value const left = ir_.CreateSub(load(i64_, counter, Region::Context), constant64(fuel_pending_));
  store(left, counter, Region::Context);
  fuel_pending_ = 0;
  trap_if(ir_.CreateICmpSLT(left, constant64(0)), TrapCode::OutOfFuel);
}

// --- Blocks ------------------------------------------------------------------------------------

void FuncTranslator::open_block(const Instr& instr) {
  Control control;
  set_signature(control, instr.block);
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  make_label(control);
  if (open_dispatch_ != UINT32_MAX) {
    control.owner = open_dispatch_;
    dispatches_[open_dispatch_].labels.push_back(control.label);
  }
  controls_.push_back(std::move(control));
}

void FuncTranslator::open_loop(const Instr& instr) {
  ++loop_count_;
  charge_fuel();
  Control control;
  control.kind = Control::Loop;
  set_signature(control, instr.block);
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  make_label(control);
  jump_to(control);
  bind(control.label);
  start_after(control);
  enter_from_frame();
  Dispatch dispatch;
  if (instr.block.kind == BlockType::Empty &&
      match_dispatch(reader_.pos(), body_.code.data() + body_.code.size(), dispatch.loop)) {
    control.dispatch = static_cast<uint32_t>(dispatches_.size());
    dispatch.head = control.label;
    open_dispatch_ = control.dispatch;
    dispatches_.push_back(std::move(dispatch));
    ++active_dispatches_;
  }
  controls_.push_back(std::move(control));
}

void FuncTranslator::open_if(const Instr& instr) {
  charge_fuel();
  Value const condition = ir_.CreateIsNotNull(pop());
  Control control;
  control.kind = Control::If;
  set_signature(control, instr.block);
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  make_label(control);
  control.else_label = new_block();
  control.else_operands.assign(stack_.begin() + control.height, stack_.end());
  BasicBlock* const then_label = new_block();
  ir_.CreateCondBr(condition, then_label, control.else_label);
  controls_.push_back(std::move(control));
  bind(then_label);
}

void FuncTranslator::take_else() {
  Control& control = controls_.back();
  if (!is_unreachable_) {
    charge_fuel();
    jump_to(control);
  }
  fuel_pending_ = 0;
  bind(control.else_label);
  stack_.resize(control.height);
  stack_.insert(stack_.end(), control.else_operands.begin(), control.else_operands.end());
  control.kind = Control::Else;
}

void FuncTranslator::close() {
  if (controls_.back().kind == Control::If) take_else();
  Control control = std::move(controls_.back());
  controls_.pop_back();
  if (control.dispatch != UINT32_MAX) --active_dispatches_;
  if (!is_unreachable_) charge_fuel();
  fuel_pending_ = 0;
  if (control.kind == Control::Loop) return;  // nothing joins at its end
  if (!is_unreachable_) jump_to(control);
  // Without a branch to it the label would be a block that nothing reaches.
  if (control.label->use_empty() && control.owner == UINT32_MAX) {
    for (llvm::PHINode* phi : control.phis)
      phi->replaceAllUsesWith(llvm::PoisonValue::get(phi->getType()));
    delete control.label;
    is_unreachable_ = true;
    return;
  }
  bind(control.label);
  start_after(control);
  if (control.owner != UINT32_MAX) enter_from_frame();
  if (control.kind == Control::Func && caller_ == nullptr) return_values();
}

// --- Branches ----------------------------------------------------------------------------------

void FuncTranslator::branch(uint32_t depth) {
  charge_fuel();
  jump_to(control_at(depth));
  start_unreachable();
}

void FuncTranslator::branch_if(uint32_t depth) {
  charge_fuel();
  Value const condition = ir_.CreateIsNotNull(pop());
  Control& target = control_at(depth);
  BasicBlock* const next = new_block();
  pass_values(target);
  ir_.CreateCondBr(condition, target.label, next);
  bind(next);
}

void FuncTranslator::branch_table(const Instr& instr) {
  charge_fuel();
  Value const index = pop();
  std::vector<uint32_t> depths;
  depths.reserve(instr.count + 1);
  reader_.for_each_target(instr, [&](uint32_t depth) { depths.push_back(depth); });
  if (open_dispatch_ != UINT32_MAX) {
    DispatchLoop& loop = dispatches_[std::exchange(open_dispatch_, UINT32_MAX)].loop;
    for (uint32_t depth : depths) loop.blocks.push_back(loop.block_at_depth(depth));
  }
  pass_values(control_at(depths.back()));
  llvm::SwitchInst* const jump =
      ir_.CreateSwitch(index, control_at(depths.back()).label, instr.count);
  for (uint32_t i = 0; i < instr.count; ++i) {
    Control& target = control_at(depths[i]);
    pass_values(target);
    jump->addCase(llvm::ConstantInt::get(llvm::cast<llvm::IntegerType>(i32_), i), target.label);
  }
  start_unreachable();
}

void FuncTranslator::branch_on_null(const Instr& instr) {
  charge_fuel();
  Control& target = control_at(instr.index);
  BasicBlock* const next = new_block();
  Value const reference = stack_.back();
  Value const is_null = ir_.CreateIsNull(reference);
  if (instr.shape == Shape::BrOnNull) {
    stack_.pop_back();
    pass_values(target);
    ir_.CreateCondBr(is_null, target.label, next);
    push(reference);
  } else {
    pass_values(target);
    ir_.CreateCondBr(is_null, next, target.label);
    stack_.pop_back();
  }
  bind(next);
}

// `i32.const k; local.set $pc; br $loop` goes straight to the block that the loop's br_table
// chooses for k. The store stays: the pipeline drops it where nothing reads it.
bool FuncTranslator::const_jump(const Instr& instr) {
  if (active_dispatches_ == 0 || reader_.peek() != 0x21) return false;
  ConstJump jump;
  if (!match_const_jump(instr.begin, body_.code.data() + body_.code.size(), jump)) return false;
  if (jump.depth >= controls_.size()) return false;
  const Control& loop = control_at(jump.depth);
  if (loop.dispatch == UINT32_MAX) return false;
  const Dispatch& dispatch = dispatches_[loop.dispatch];
  if (dispatch.loop.local != jump.local || dispatch.loop.blocks.empty()) return false;
  const uint32_t block = dispatch.loop.block_for(jump.value);
  if (block == DispatchLoop::kNoBlock) return false;
  ir_.CreateStore(constant32(jump.value), locals_[jump.local]);
  reader_.set_pos(jump.end);
  if (options_.fuel) fuel_pending_ += 2;  // the set and the br
  charge_fuel();
  ir_.CreateBr(dispatch.labels[block]);
  start_unreachable();
  return true;
}

void FuncTranslator::skip_unreachable() {
  uint32_t depth = 0;
  Instr instr;
  while (is_unreachable_ && !reader_.at_end()) {
    (void)reader_.next(instr);
    const auto offset = static_cast<unsigned>(reader_.offset_of(instr.begin));
    switch (instr.shape) {
      case Shape::Block:
      case Shape::Loop:
      case Shape::If:
      case Shape::TryTable: ++depth; break;
      case Shape::Else:
        if (depth == 0) {
          ir_.SetCurrentDebugLocation(place(offset));
          take_else();
        }
        break;
      case Shape::End:
        if (depth == 0) {
          ir_.SetCurrentDebugLocation(place(offset));
          close();
        } else {
          --depth;
        }
        break;
      default: break;
    }
  }
}

}  // namespace skerry::llvm_tier
