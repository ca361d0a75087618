// Only accesses in loops that call nothing are changed: elsewhere no gain was found (RATIONALE.md).
// The sum is hidden from the code generator, which would put it back into every address.
#include "llvm/frame_pointers.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

#include <algorithm>

namespace skerry::llvm_tier {
namespace {

struct Access {
  llvm::Instruction* instr;
  unsigned operand;  // its pointer
  int64_t offset;    // from the base and the index
};

bool calls_something(const llvm::Loop& loop) {
  for (const llvm::BasicBlock* const block : loop.blocks())
    for (const llvm::Instruction& instr : *block)
      if (llvm::isa<llvm::CallBase>(instr) && !llvm::isa<llvm::IntrinsicInst>(instr)) return true;
  return false;
}

llvm::GetElementPtrInst* byte_step(llvm::User* user) {
  auto* const step = llvm::dyn_cast<llvm::GetElementPtrInst>(user);
  const bool is_it =
      step && step->getNumIndices() == 1 && step->getSourceElementType()->isIntegerTy(8);
  return is_it ? step : nullptr;
}

class Frames {
 public:
  explicit Frames(const llvm::LoopInfo& loops) : loops_(loops) {}

  void add_once(llvm::ZExtInst& index);

 private:
  bool is_in_callless_loop(const llvm::Instruction& instr);
  void collect(llvm::Value* pointer, int64_t offset);
  bool loads_what_it_stores() const;

  const llvm::LoopInfo& loops_;
  llvm::DenseMap<const llvm::Loop*, bool> is_callless_;
  llvm::SmallVector<Access> accesses_;
};

bool Frames::is_in_callless_loop(const llvm::Instruction& instr) {
  const llvm::Loop* const loop = loops_.getLoopFor(instr.getParent());
  if (loop == nullptr) return false;
  const auto [known, is_new] = is_callless_.try_emplace(loop, false);
  if (is_new) known->second = !calls_something(*loop);
  return known->second;
}

// At constant distances.
void Frames::collect(llvm::Value* pointer, int64_t offset) {
  for (llvm::Use& use : pointer->uses()) {
    llvm::GetElementPtrInst* const step = byte_step(use.getUser());
    if (const auto* const distance =
            step ? llvm::dyn_cast<llvm::ConstantInt>(step->getOperand(1)) : nullptr) {
      collect(step, offset + distance->getSExtValue());
      continue;
    }
    auto* const instr = llvm::cast<llvm::Instruction>(use.getUser());
    if (llvm::getLoadStorePointerOperand(instr) == pointer && is_in_callless_loop(*instr))
      accesses_.push_back({instr, use.getOperandNo(), offset});
  }
}

bool Frames::loads_what_it_stores() const {
  return std::ranges::any_of(accesses_, [&](const Access& load) {
    return llvm::isa<llvm::LoadInst>(load.instr) &&
           std::ranges::any_of(accesses_, [&](const Access& store) {
             return llvm::isa<llvm::StoreInst>(store.instr) && store.offset == load.offset;
           });
  });
}

void Frames::add_once(llvm::ZExtInst& index) {
  llvm::Value* base = nullptr;
  accesses_.clear();
  for (llvm::User* const user : index.users()) {
    llvm::GetElementPtrInst* const sum = byte_step(user);
    // The memory's base, where that is the same all along.
    if (!sum || sum->getOperand(1) != &index ||
        !llvm::isa<llvm::Argument>(sum->getPointerOperand()))
      continue;
    if (base == nullptr) base = sum->getPointerOperand();
    if (base == sum->getPointerOperand()) collect(sum, 0);
  }
  if (!loads_what_it_stores()) return;
  llvm::IRBuilder<> ir(index.getParent(), std::next(index.getIterator()));
  ir.SetCurrentDebugLocation(index.getDebugLoc());
  // The index comes first: the sum takes its register. The base's is the caller's to have back.
  llvm::Value* const sum = ir.CreateAdd(&index, ir.CreatePtrToInt(base, ir.getInt64Ty()));
  auto* const type = llvm::FunctionType::get(ir.getInt64Ty(), {ir.getInt64Ty()}, false);
  llvm::CallInst* const hidden =
      ir.CreateCall(type, llvm::InlineAsm::get(type, "", "=r,0", false), {sum});
  hidden->setDoesNotThrow();
  hidden->setDoesNotAccessMemory();
  llvm::Value* const pointer = ir.CreateIntToPtr(hidden, ir.getPtrTy());
  for (const Access& one : accesses_) {
    ir.SetInsertPoint(one.instr);
    one.instr->setOperand(one.operand, ir.CreateConstGEP1_64(ir.getInt8Ty(), pointer,
                                                             static_cast<uint64_t>(one.offset)));
  }
}

}  // namespace

llvm::PreservedAnalyses FramePointers::run(llvm::Function& func,
                                           llvm::FunctionAnalysisManager& analyses) {
  if (!func.hasFnAttribute(kGuestFrames)) return llvm::PreservedAnalyses::all();
  llvm::SmallVector<llvm::ZExtInst*> indices;
  for (llvm::Instruction& instr : llvm::instructions(func)) {
    auto* const wide = llvm::dyn_cast<llvm::ZExtInst>(&instr);
    if (wide && wide->getType()->isIntegerTy(64)) indices.push_back(wide);
  }
  Frames frames(analyses.getResult<llvm::LoopAnalysis>(func));
  for (llvm::ZExtInst* const index : indices) frames.add_once(*index);
  auto preserved = llvm::PreservedAnalyses::none();
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace skerry::llvm_tier
