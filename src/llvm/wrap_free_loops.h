// WrapFreeLoops: innermost loops whose 32-bit addresses cannot be proved not to wrap around get a
// check at run time and a second copy behind it in which they do not. Not for loops that call,
// leave early or are large: nothing would become of them.
// Invariant: the copy taken where the check fails is the loop as it was.
#pragma once

#include <llvm/IR/PassManager.h>

namespace skerry::llvm_tier {

struct WrapFreeLoops : llvm::PassInfoMixin<WrapFreeLoops> {
  llvm::PreservedAnalyses run(llvm::Function& func, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace skerry::llvm_tier
