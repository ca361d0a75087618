// A pass of our own: where loops without calls load from and store to the same place of a frame,
// the frame's index is added to the memory's base once. Some processors hand what was stored to the
// next load of it at once if both addresses are the same register and constant; with an index in
// them it takes longer, in each round of a loop whose counter lies in memory.
// Runs behind all that reasons about addresses. Not for funcs that keep their variables in locals:
// there it costs a register and gains nothing.
#pragma once

#include <llvm/IR/PassManager.h>

namespace skerry::llvm_tier {

// Attribute of funcs that keep their variables in frames in guest memory, as those do that can be
// resumed.
inline constexpr char kGuestFrames[] = "guest-frames";

class FramePointers : public llvm::PassInfoMixin<FramePointers> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& func, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace skerry::llvm_tier
