// The func entered at a loop: locals and operands come from the frame of the code that ran it so
// far. The body is translated whole, with its start out of reach; what the path through the loop's
// head does not lead to, the pipeline drops.
#include <llvm/Transforms/Utils/SSAUpdater.h>

#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

FuncTranslator::Value FuncTranslator::frame_value(llvm::Type* type, uint32_t offset) {
  return ir_.CreateAlignedLoad(type, offset_pointer(func_->getArg(2), offset), llvm::Align(8));
}

void FuncTranslator::take_locals_from_frame(std::span<const ValType> types) {
  assert(loop_->frame.locals.size() == types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    const uint32_t at = loop_->frame.locals[i];
    ir_.CreateStore(
        at == FrameMap::kNowhere ? zero_of(types[i]) : frame_value(type_of(types[i]), at),
        locals_[i]);
  }
  loop_start_ = ir_.GetInsertBlock();
  bind(new_block());
}

// The builder stands at the head of the loop, whose operands are pushed.
void FuncTranslator::enter_from_frame(const Control& control) {
  if (loop_ == nullptr || loop_->module_offset != ir_.getCurrentDebugLocation().getLine()) return;
  const llvm::IRBuilderBase::InsertPointGuard guard(ir_);
  llvm::BasicBlock* const head = ir_.GetInsertBlock();
  ir_.SetInsertPoint(loop_start_);
  const FrameMap& frame = loop_->frame;
  for (uint32_t i = 0; i < stack_.size(); ++i) {
    Value const loaded =
        frame_value(stack_[i]->getType(), frame.operands_at + i * frame.operand_bytes);
    if (i >= control.height && control.kind == Control::Loop)
      control.phis[i - control.height]->addIncoming(loaded, loop_start_);
    else
      from_frame_.emplace_back(stack_[i], loaded);
  }
  ir_.CreateBr(head);
  is_entered_ = true;
}

// Operands below the loop's are values of code before it. Where that code has been passed by, they
// are what was in the frame.
void FuncTranslator::merge_operands_from_frame() {
  for (const auto& [value, loaded] : from_frame_) {
    const auto* const instr = llvm::dyn_cast<llvm::Instruction>(value);
    if (instr == nullptr) continue;  // a constant
    llvm::SSAUpdater updater;
    updater.Initialize(value->getType(), "");
    updater.AddAvailableValue(const_cast<llvm::BasicBlock*>(instr->getParent()), value);
    updater.AddAvailableValue(loop_start_, loaded);
    llvm::SmallVector<llvm::Use*, 8> uses;
    for (llvm::Use& use : value->uses()) {
      const auto* const user = llvm::cast<llvm::Instruction>(use.getUser());
      if (llvm::isa<llvm::PHINode>(user) || user->getParent() != instr->getParent())
        uses.push_back(&use);
    }
    for (llvm::Use* use : uses) updater.RewriteUse(*use);
  }
}

}  // namespace skerry::llvm_tier
