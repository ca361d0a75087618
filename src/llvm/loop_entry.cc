// The func entered at a loop: locals and operands come from the frame of the code that ran it so
// far. The body is translated whole; then the rest of the round that is under way is copied out of
// each loop around the place, so that every loop keeps one entry: the copy is left for the loop's
// head, or for the copy of what is around it. What that leaves out of reach, the start of the func
// above all, is dropped.
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/Local.h>

#include "llvm/func_translator.h"

namespace skerry::llvm_tier {
namespace {

// So many instructions may be copied; beyond, outer loops have a second entry and are the worse for
// it.
constexpr size_t kMaxCopied = 20'000;

using Slots = llvm::DenseMap<llvm::Value*, llvm::AllocaInst*>;

bool is_used_elsewhere(const llvm::Instruction& instr) {
  for (const llvm::User* user : instr.users()) {
    const auto* const other = llvm::cast<llvm::Instruction>(user);
    if (other->getParent() != instr.getParent() || llvm::isa<llvm::PHINode>(other)) return true;
  }
  return false;
}

// Values that live in several blocks go to memory, so that blocks can be copied. The pipeline turns
// them into registers again. Returns where values, and phis themselves, are now.
struct Demoted {
  Slots values, phis;
};
Demoted demote(llvm::Function& func) {
  std::vector<llvm::Instruction*> values;
  std::vector<llvm::PHINode*> phis;
  for (llvm::Instruction& instr : llvm::instructions(func)) {
    if (auto* const phi = llvm::dyn_cast<llvm::PHINode>(&instr)) phis.push_back(phi);
    if (!llvm::isa<llvm::AllocaInst>(instr) && is_used_elsewhere(instr)) values.push_back(&instr);
  }
  Demoted result;
  for (llvm::Instruction* value : values) result.values[value] = llvm::DemoteRegToStack(*value);
  for (llvm::PHINode* phi : phis) {
    llvm::AllocaInst* const slot = llvm::DemotePHIToStack(phi);
    if (slot != nullptr) result.phis[phi] = slot;  // the phi is gone; its address is only a key
  }
  return result;
}

// The rest of a round of one loop.
class Copy {
 public:
  Copy(const llvm::Loop& loop, const Copy* around) : loop_(loop), around_(around) {
    for (llvm::BasicBlock* block : loop.blocks()) {
      llvm::BasicBlock* const copy = llvm::CloneBasicBlock(block, map_, "", block->getParent());
      blocks_.push_back(copy);
      copies_[block] = copy;
    }
    for (llvm::BasicBlock* block : blocks_) {
      for (llvm::Instruction& instr : *block)
        llvm::RemapInstruction(&instr, map_,
                               llvm::RF_IgnoreMissingLocals | llvm::RF_NoModuleLevelChanges);
      llvm::Instruction* const end = block->getTerminator();
      for (unsigned i = 0; i < end->getNumSuccessors(); ++i)
        end->setSuccessor(i, target(end->getSuccessor(i)));
    }
  }

  llvm::BasicBlock* of(const llvm::BasicBlock* block) const { return copies_.lookup(block); }

 private:
  // Where a jump in here to this block leads: a new round is not the copy's business.
  llvm::BasicBlock* target(llvm::BasicBlock* block) const {
    llvm::BasicBlock* const here = block == loop_.getHeader() ? nullptr : of(block);
    if (here != nullptr) return here;
    return around_ != nullptr ? around_->target(block) : block;
  }

  const llvm::Loop& loop_;
  const Copy* const around_;
  llvm::ValueToValueMapTy map_;
  std::vector<llvm::BasicBlock*> blocks_;
  llvm::DenseMap<const llvm::BasicBlock*, llvm::BasicBlock*> copies_;
};

// A block that goes on as `place` does, and is in no loop of the func.
llvm::BasicBlock* copy_rounds(llvm::Function& func, llvm::BasicBlock* place) {
  const llvm::DominatorTree dominators(func);
  const llvm::LoopInfo loops(dominators);
  std::vector<const llvm::Loop*> around;  // innermost first
  size_t copied = 0;
  for (const llvm::Loop* loop = loops.getLoopFor(place); loop != nullptr;
       loop = loop->getParentLoop()) {
    for (const llvm::BasicBlock* block : loop->blocks()) copied += block->size();
    if (copied > kMaxCopied) break;
    around.push_back(loop);
  }
  std::vector<std::unique_ptr<Copy>> copies;
  for (auto loop = around.rbegin(); loop != around.rend(); ++loop)
    copies.push_back(
        std::make_unique<Copy>(**loop, copies.empty() ? nullptr : copies.back().get()));
  return copies.empty() ? place : copies.back()->of(place);
}

}  // namespace

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
  // As if the func began here: that is how its loops are told.
  llvm::BasicBlock* const start = new_block();
  loop_jump_ = ir_.CreateBr(start);
  bind(start);
}

// The builder stands where the loop is entered, all operands are pushed.
void FuncTranslator::enter_from_frame() {
  if (loop_ == nullptr || loop_->module_offset != ir_.getCurrentDebugLocation().getLine()) return;
  const llvm::IRBuilderBase::InsertPointGuard guard(ir_);
  entered_block_ = ir_.GetInsertBlock();
  ir_.SetInsertPoint(loop_jump_);
  const FrameMap& frame = loop_->frame;
  for (uint32_t i = 0; i < stack_.size(); ++i)
    from_frame_.emplace_back(
        stack_[i], frame_value(stack_[i]->getType(), frame.operands_at + i * frame.operand_bytes));
}

// Where no jump goes through the func's dispatch any more, it is only in the way of telling loops:
// as if every call were a fresh one, then.
void FuncTranslator::drop_dispatch() {
  if (!resume_param_ || dispatches_.empty()) return;
  const Dispatch& dispatch = dispatches_[0];
  auto* const jump = llvm::dyn_cast<llvm::SwitchInst>(dispatch.head->getTerminator());
  if (jump == nullptr || dispatch.head == entered_block_ ||
      dispatch.head->getSinglePredecessor() == nullptr)
    return;
  const uint32_t first = dispatch.loop.block_for(0);
  if (first == DispatchLoop::kNoBlock) return;
  ir_.SetInsertPoint(jump);
  ir_.CreateBr(dispatch.labels[first]);
  jump->eraseFromParent();
}

void FuncTranslator::begin_at_loop() {
  drop_dispatch();
  llvm::SmallPtrSet<const llvm::Value*, 8> own_phis;
  for (const auto& [value, loaded] : from_frame_)
    if (const auto* const phi = llvm::dyn_cast<llvm::PHINode>(value))
      if (phi->getParent() == entered_block_) own_phis.insert(phi);
  const Demoted demoted = demote(*func_);
  ir_.SetInsertPoint(loop_jump_);
  for (const auto& [value, loaded] : from_frame_) {
    const Slots& slots = own_phis.contains(value) ? demoted.phis : demoted.values;
    if (llvm::AllocaInst* const slot = slots.lookup(value)) ir_.CreateStore(loaded, slot);
  }
  llvm::BasicBlock* const begin = copy_rounds(*func_, entered_block_);
  loop_jump_->setSuccessor(0, begin);
  llvm::EliminateUnreachableBlocks(*func_);
}

}  // namespace skerry::llvm_tier
