// LLVM's simplification of one function, then vectorizing, with our passes around: unused loads are
// kept before anything may drop them, loops are freed from wrap-around before they are vectorized,
// frames get pointers of their own and polls are added when all is done.
#include "llvm/pipeline.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/CorrelatedValuePropagation.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/DivRemPairs.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopDeletion.h>
#include <llvm/Transforms/Scalar/LoopIdiomRecognize.h>
#include <llvm/Transforms/Scalar/LoopInstSimplify.h>
#include <llvm/Transforms/Scalar/LoopLoadElimination.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopSimplifyCFG.h>
#include <llvm/Transforms/Scalar/LoopSink.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/Reassociate.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimpleLoopUnswitch.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

#include "llvm/frame_pointers.h"
#include "llvm/polls.h"
#include "llvm/unused_loads.h"
#include "llvm/wrap_free_loops.h"

namespace skerry::llvm_tier {
namespace {

constexpr uint64_t kFullBodyBytes = 64 << 10;
constexpr uint64_t kReducedBodyBytes = 512 << 10;
// Beyond these, code generation itself is worse than linear: by chains of phis; by dominator trees
// brought up to date for each loop; within a block.
constexpr uint64_t kReducedBlocks = 10'000;
constexpr uint64_t kReducedLoopsTimesBlocks = 4'000'000;
constexpr uint64_t kReducedBlockInstrs = 50'000;
// With -O3 these limits are so much higher.
constexpr uint64_t kPatience = 4;

llvm::PipelineTuningOptions tuning() {
  llvm::PipelineTuningOptions options;
  options.LoopVectorization = true;
  options.LoopInterleaving = true;
  return options;
}

template <class Pass>
void add_loop_pass(llvm::FunctionPassManager& passes, Pass pass, bool uses_memory_ssa = false) {
  llvm::LoopPassManager loops;
  loops.addPass(std::move(pass));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), uses_memory_ssa));
}

// Passes for funcs with a loop; for others they would find next to nothing, and take a tenth of the
// time.
class IfLooping : public llvm::PassInfoMixin<IfLooping> {
 public:
  explicit IfLooping(llvm::FunctionPassManager passes) : passes_(std::move(passes)) {}
  llvm::PreservedAnalyses run(llvm::Function& func, llvm::FunctionAnalysisManager& analyses) {
    if (analyses.getResult<llvm::LoopAnalysis>(func).empty()) return llvm::PreservedAnalyses::all();
    return passes_.run(func, analyses);
  }
  static bool isRequired() { return true; }

 private:
  llvm::FunctionPassManager passes_;
};

}  // namespace

FuncShape shape_of(const llvm::Function& func, uint64_t body_bytes, uint64_t loops) {
  FuncShape shape{.body_bytes = body_bytes, .loops = loops, .blocks = func.size()};
  for (const llvm::BasicBlock& block : func)
    shape.largest_block_instrs = std::max<uint64_t>(shape.largest_block_instrs, block.size());
  return shape;
}

std::optional<Effort> effort_for(Optimization optimization, const FuncShape& shape) {
  const uint64_t patience = optimization == Optimization::O3 ? kPatience : 1;
  if (optimization == Optimization::O0 || shape.body_bytes > kReducedBodyBytes * patience ||
      shape.blocks > kReducedBlocks * patience ||
      shape.loops * shape.blocks > kReducedLoopsTimesBlocks * patience ||
      shape.largest_block_instrs > kReducedBlockInstrs * patience)
    return std::nullopt;
  if (optimization == Optimization::O1 || shape.body_bytes > kFullBodyBytes * patience)
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
  if (optimization == Optimization::Os) {
    full_.addPass(builder_.buildFunctionSimplificationPipeline(llvm::OptimizationLevel::Os,
                                                               llvm::ThinOrFullLTOPhase::None));
  } else {
    add_simplification(full_);
    add_vectorization(full_);
  }
  full_.addPass(FramePointers());
  full_.addPass(AddPolls());

  reduced_.addPass(llvm::PromotePass());
  reduced_.addPass(KeepUnusedLoads());
  reduced_.addPass(llvm::SimplifyCFGPass());
  reduced_.addPass(llvm::EarlyCSEPass(false));
  reduced_.addPass(llvm::InstCombinePass(llvm::InstCombineOptions().setMaxIterations(1)));
  reduced_.addPass(llvm::SimplifyCFGPass());
  reduced_.addPass(llvm::ADCEPass());
  reduced_.addPass(AddPolls());
}

// LLVM's -O2 for one function, without passes that gain nothing measurable here (RATIONALE.md), and
// but that induction variables keep their width: addresses are 32 bits wide and zero-extended, and
// widening them would hide from the vectorizer what it needs to prove that they do not wrap around.
void Pipeline::add_simplification(llvm::FunctionPassManager& passes) {
  const auto merging = [] { return llvm::SimplifyCFGOptions().convertSwitchRangeToICmp(true); };
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::JumpThreadingPass());
  passes.addPass(llvm::CorrelatedValuePropagationPass());
  passes.addPass(llvm::SimplifyCFGPass(merging()));
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::ReassociatePass());
  add_loop_simplification(passes);
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::ADCEPass());
  passes.addPass(llvm::DSEPass());
  add_loop_pass(passes, llvm::LICMPass(llvm::LICMOptions()), true);
  passes.addPass(llvm::SimplifyCFGPass(merging().hoistCommonInsts(true).sinkCommonInsts(true)));
}

void Pipeline::add_loop_simplification(llvm::FunctionPassManager& passes) {
  llvm::LICMOptions unspeculative;
  unspeculative.AllowSpeculation = false;
  llvm::LoopPassManager shape, trips;
  shape.addPass(llvm::LoopInstSimplifyPass());
  shape.addPass(llvm::LoopSimplifyCFGPass());
  shape.addPass(llvm::LICMPass(unspeculative));
  shape.addPass(llvm::LoopRotatePass(true, false));
  shape.addPass(llvm::LICMPass(llvm::LICMOptions()));
  shape.addPass(llvm::SimpleLoopUnswitchPass());
  llvm::FunctionPassManager looping;
  looping.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(shape), true));
  looping.addPass(llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions().convertSwitchRangeToICmp(true)));
  looping.addPass(llvm::InstCombinePass());
  trips.addPass(llvm::LoopIdiomRecognizePass());
  trips.addPass(llvm::IndVarSimplifyPass(false));
  trips.addPass(llvm::LoopDeletionPass());
  trips.addPass(llvm::LoopFullUnrollPass());
  looping.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(trips)));
  passes.addPass(IfLooping(std::move(looping)));
}

void Pipeline::add_vectorization(llvm::FunctionPassManager& passes) {
  const auto final_merging = [] {
    return llvm::SimplifyCFGOptions()
        .forwardSwitchCondToPhi(true)
        .convertSwitchRangeToICmp(true)
        .needCanonicalLoops(false)
        .hoistCommonInsts(true)
        .sinkCommonInsts(true);
  };
  llvm::FunctionPassManager looping;
  add_loop_pass(looping, llvm::LoopRotatePass(true, false));
  looping.addPass(WrapFreeLoops());
  looping.addPass(llvm::LoopVectorizePass());
  looping.addPass(llvm::LoopLoadEliminationPass());
  looping.addPass(llvm::InstCombinePass());
  looping.addPass(llvm::SimplifyCFGPass(final_merging()));
  looping.addPass(llvm::VectorCombinePass());
  looping.addPass(llvm::InstCombinePass());
  add_loop_pass(looping, llvm::IndVarSimplifyPass(true));
  looping.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)));
  looping.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG));
  looping.addPass(llvm::InstCombinePass());
  add_loop_pass(looping, llvm::LICMPass(llvm::LICMOptions()), true);
  looping.addPass(llvm::LoopSinkPass());
  looping.addPass(llvm::InstSimplifyPass());
  passes.addPass(IfLooping(std::move(looping)));
  passes.addPass(llvm::DivRemPairsPass());
  passes.addPass(llvm::SimplifyCFGPass(final_merging()));
}

void Pipeline::run(llvm::Function& func, Effort effort) {
  switch (effort) {
    case Effort::Full: full_.run(func, funcs_); break;
    case Effort::Reduced: reduced_.run(func, funcs_); break;
  }
  loops_.clear();
  funcs_.clear();
  call_graph_.clear();
  modules_.clear();
}

}  // namespace skerry::llvm_tier
