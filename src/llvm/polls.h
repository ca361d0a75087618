// A pass of our own: polls at the func's entry and in every cycle of its control flow, so that
// stack overflow is noticed and an interrupt is served; and now and then in long straight-line
// code. It runs last, so that polls hinder no other pass. Invariant: every path that repeats passes
// a poll.
#pragma once

#include <llvm/IR/PassManager.h>

namespace skerry::llvm_tier {

// Attribute of calls of defined funcs, which poll when they are entered.
inline constexpr char kPollingCall[] = "polls";

class AddPolls : public llvm::PassInfoMixin<AddPolls> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& func, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace skerry::llvm_tier
