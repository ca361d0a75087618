// A pass of our own: polls at the func's entry and in every cycle of its control flow, so that
// stack overflow is noticed and an interrupt is served. It runs last, so that polls hinder no other
// pass. Invariant: every path that repeats passes a poll.
#pragma once

#include <llvm/IR/PassManager.h>

namespace skerry::llvm_tier {

// Attribute of calls of defined funcs, which poll when they are entered.
inline constexpr char kPollingCall[] = "polls";

class AddPolls : public llvm::PassInfoMixin<AddPolls> {
 public:
  // Straight-line code gets a poll each so many instructions, too: that ends a block, and with it
  // what takes register allocation and scheduling more than linear time.
  explicit AddPolls(uint64_t stretch_instrs = UINT64_MAX) : stretch_instrs_(stretch_instrs) {}
  llvm::PreservedAnalyses run(llvm::Function& func, llvm::FunctionAnalysisManager& analyses);

 private:
  const uint64_t stretch_instrs_;
};

}  // namespace skerry::llvm_tier
