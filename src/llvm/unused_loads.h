// A pass of our own: loads whose value nothing uses still trap where they are out of bounds, so the
// ones that are unused as written are made volatile before passes that drop them. Not covered: a
// load that becomes unused by a later simplification; it may be dropped, trap included. Making
// every load volatile instead would forbid most of what the tier is for.
#pragma once

#include <llvm/IR/PassManager.h>

namespace skerry::llvm_tier {

// Locals must be in registers already, or every load is used by a store to one.
class KeepUnusedLoads : public llvm::PassInfoMixin<KeepUnusedLoads> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& func, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace skerry::llvm_tier
