// From what has an effect back to all that it needs; loads that are not met are unused.
#include "llvm/unused_loads.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>

namespace skerry::llvm_tier {

llvm::PreservedAnalyses KeepUnusedLoads::run(llvm::Function& func, llvm::FunctionAnalysisManager&) {
  llvm::DenseSet<llvm::Instruction*> used;
  llvm::SmallVector<llvm::Instruction*, 64> open;
  for (llvm::Instruction& instr : llvm::instructions(func)) {
    if (instr.isTerminator() || instr.mayHaveSideEffects()) {
      used.insert(&instr);
      open.push_back(&instr);
    }
  }
  while (!open.empty()) {
    for (llvm::Value* operand : open.pop_back_val()->operands())
      if (auto* const instr = llvm::dyn_cast<llvm::Instruction>(operand))
        if (used.insert(instr).second) open.push_back(instr);
  }
  for (llvm::Instruction& instr : llvm::instructions(func)) {
    auto* const load = llvm::dyn_cast<llvm::LoadInst>(&instr);
    // Guest memory is the only one that is accessed without alignment, and that may fault.
    if (load != nullptr && load->getAlign() == 1 && !used.contains(load)) load->setVolatile(true);
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace skerry::llvm_tier
