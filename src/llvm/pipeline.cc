// LLVM's own simplification pipeline for one function, then vectorizing, with our two passes
// around: unused loads are kept before anything may drop them, polls are added when all is done.
#include "llvm/pipeline.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/AggressiveInstCombine/AggressiveInstCombine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/DivRemPairs.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopLoadElimination.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopSink.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

#include "llvm/polls.h"
#include "llvm/unused_loads.h"

namespace skerry::llvm_tier {
namespace {

constexpr uint64_t kFullBodyBytes = 64 << 10;
constexpr uint64_t kReducedBodyBytes = 1 << 20;
// Beyond this many, chains of phis make passes before code generation quadratic.
constexpr uint64_t kReducedBlocks = 10'000;
// With -O3 these limits are so much higher.
constexpr uint64_t kPatience = 4;

llvm::PipelineTuningOptions tuning() {
  llvm::PipelineTuningOptions options;
  options.LoopVectorization = true;
  options.SLPVectorization = true;
  options.LoopInterleaving = true;
  return options;
}

llvm::OptimizationLevel level_of(Optimization optimization) {
  switch (optimization) {
    case Optimization::O3: return llvm::OptimizationLevel::O3;
    case Optimization::Os: return llvm::OptimizationLevel::Os;
    default: return llvm::OptimizationLevel::O2;
  }
}

}  // namespace

Effort effort_for(Optimization optimization, uint64_t body_bytes, uint64_t block_count) {
  const uint64_t patience = optimization == Optimization::O3 ? kPatience : 1;
  if (optimization == Optimization::O0 || body_bytes > kReducedBodyBytes * patience ||
      block_count > kReducedBlocks * patience)
    return Effort::Least;
  if (optimization == Optimization::O1 || body_bytes > kFullBodyBytes * patience)
    return Effort::Reduced;
  return Effort::Full;
}

Pipeline::Pipeline(llvm::TargetMachine& machine, Optimization optimization)
    : builder_(&machine, tuning()) {
  // There is no C library: nothing may be taken for, or turned into, a call of it.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  funcs_.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  funcs_.registerPass([&] { return builder_.buildDefaultAAPipeline(); });
  builder_.registerModuleAnalyses(modules_);
  builder_.registerCGSCCAnalyses(call_graph_);
  builder_.registerFunctionAnalyses(funcs_);
  builder_.registerLoopAnalyses(loops_);
  builder_.crossRegisterProxies(loops_, funcs_, call_graph_, modules_);

  full_.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  full_.addPass(KeepUnusedLoads());
  full_.addPass(builder_.buildFunctionSimplificationPipeline(level_of(optimization),
                                                             llvm::ThinOrFullLTOPhase::None));
  if (optimization != Optimization::Os) add_vectorization(full_);
  full_.addPass(AddPolls());

  reduced_.addPass(llvm::PromotePass());
  reduced_.addPass(KeepUnusedLoads());
  reduced_.addPass(llvm::SimplifyCFGPass());
  reduced_.addPass(llvm::EarlyCSEPass(false));
  reduced_.addPass(llvm::InstCombinePass(llvm::InstCombineOptions().setMaxIterations(1)));
  reduced_.addPass(llvm::SimplifyCFGPass());
  reduced_.addPass(llvm::ADCEPass());
  reduced_.addPass(AddPolls());

  least_.addPass(llvm::PromotePass());
  least_.addPass(KeepUnusedLoads());
  least_.addPass(AddPolls());
}

void Pipeline::add_vectorization(llvm::FunctionPassManager& passes) {
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LoopRotatePass(true, false)));
  passes.addPass(llvm::LoopVectorizePass());
  passes.addPass(llvm::LoopLoadEliminationPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions()
                                           .forwardSwitchCondToPhi(true)
                                           .convertSwitchRangeToICmp(true)
                                           .needCanonicalLoops(false)
                                           .hoistCommonInsts(true)
                                           .sinkCommonInsts(true)));
  passes.addPass(llvm::SLPVectorizerPass());
  passes.addPass(llvm::VectorCombinePass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)));
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
  passes.addPass(llvm::InstCombinePass());
  llvm::LoopPassManager invariants;
  invariants.addPass(llvm::LICMPass(llvm::LICMOptions()));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(invariants), true));
  passes.addPass(llvm::LoopSinkPass());
  passes.addPass(llvm::InstSimplifyPass());
  passes.addPass(llvm::DivRemPairsPass());
  passes.addPass(llvm::SimplifyCFGPass());
}

void Pipeline::run(llvm::Function& func, Effort effort) {
  switch (effort) {
    case Effort::Full: full_.run(func, funcs_); break;
    case Effort::Reduced: reduced_.run(func, funcs_); break;
    case Effort::Least: least_.run(func, funcs_); break;
  }
  loops_.clear();
  funcs_.clear();
  call_graph_.clear();
  modules_.clear();
}

}  // namespace skerry::llvm_tier
