// Pipeline: the passes between the translated IR and code generation, chosen by the size of the
// func. Not here: code generation (code_generator.h). Invariant: one func at a time, one thread at
// a time; the same IR comes out the same.
#pragma once

#include <llvm/Passes/PassBuilder.h>

#include <optional>

#include "code/compiler_library.h"

namespace llvm {
class TargetMachine;
}

namespace skerry::llvm_tier {

// How much is spent on a func. Passes that are worse than linear are not for giants.
enum class Effort : uint8_t { Full, Reduced };
// What passes take their time by.
struct FuncShape {
  uint64_t body_bytes = 0;  // of WebAssembly
  uint64_t loops = 0;
  uint64_t blocks = 0, largest_block_instrs = 0;  // as translated
};
FuncShape shape_of(const llvm::Function& func, uint64_t body_bytes, uint64_t loops);
// None: the func is left to others. Of giants, and without optimisation, the baseline compiler's
// code is the better and takes a hundredth of the time.
std::optional<Effort> effort_for(Optimization optimization, const FuncShape& shape);

class Pipeline {
 public:
  Pipeline(llvm::TargetMachine& machine, Optimization optimization);
  void run(llvm::Function& func, Effort effort);

 private:
  void add_simplification(llvm::FunctionPassManager& passes);
  void add_loop_simplification(llvm::FunctionPassManager& passes);
  void add_vectorization(llvm::FunctionPassManager& passes);

  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager funcs_;
  llvm::CGSCCAnalysisManager call_graph_;
  llvm::ModuleAnalysisManager modules_;
  llvm::PassBuilder builder_;
  llvm::FunctionPassManager full_, reduced_;
};

}  // namespace skerry::llvm_tier
