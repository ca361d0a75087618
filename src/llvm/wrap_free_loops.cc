// Addresses of one start and one stride, but for constants between them, are one group. If the
// smallest start, the largest constant and all strides add up to less than 2^32, none of the sums
// wraps around, and each is the group's 64-bit induction variable plus its constant.
#include "llvm/wrap_free_loops.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "llvm/llvm_version.h"

namespace skerry::llvm_tier {
namespace {

constexpr unsigned kMaxInstrs = 250;
constexpr size_t kMaxGroups = 8;
constexpr int64_t kMaxStride = 1 << 20;  // times a 32-bit count it stays far from 2^64

struct Address {
  llvm::ZExtInst* widened;
  int64_t constant;
};

struct Group {
  const llvm::SCEV* start;  // without the constants
  int64_t stride;
  std::vector<Address> addresses;
  int64_t lowest() const {
    return std::ranges::min_element(addresses, {}, &Address::constant)->constant;
  }
  int64_t highest() const {
    return std::ranges::max_element(addresses, {}, &Address::constant)->constant;
  }
};

class Versioner {
 public:
  Versioner(llvm::Loop& loop, llvm::LoopInfo& loops, llvm::DominatorTree& dominators,
            llvm::ScalarEvolution& evolution)
      : loop_(loop), loops_(loops), dominators_(dominators), evolution_(evolution) {}

  // Whether it did.
  bool run() {
    if (!is_candidate() || !find_groups()) return false;
    llvm::Value* const fits = check();
    evolution_.forgetLoop(&loop_);
    duplicate(fits);
    for (const Group& group : groups_) widen(group);
    return true;
  }

 private:
  bool is_candidate();
  bool find_groups();
  bool add(llvm::ZExtInst& widened);
  llvm::Value* check();
  llvm::Value* group_start(const Group& group, llvm::SCEVExpander& expander);
  void duplicate(llvm::Value* fits);
  void widen(const Group& group);

  llvm::Loop& loop_;
  llvm::LoopInfo& loops_;
  llvm::DominatorTree& dominators_;
  llvm::ScalarEvolution& evolution_;
  const llvm::SCEV* rounds_ = nullptr;  // one less than the body is executed
  std::vector<Group> groups_;
  std::vector<llvm::Value*> starts_;  // of the groups, 64 bits wide
};

bool Versioner::is_candidate() {
  llvm::BasicBlock* const latch = loop_.getLoopLatch();
  if (!loop_.isInnermost() || !loop_.isLoopSimplifyForm() || latch == nullptr ||
      loop_.getExitingBlock() != latch || loop_.getExitBlock() == nullptr ||
      !loop_.isLCSSAForm(dominators_))
    return false;
  size_t count = 0;
  for (const llvm::BasicBlock* block : loop_.blocks()) {
    count += block->size();
    if (count > kMaxInstrs) return false;
    for (const llvm::Instruction& instr : *block) {
      const auto* const call = llvm::dyn_cast<llvm::CallInst>(&instr);
      if (call != nullptr && !llvm::isa<llvm::IntrinsicInst>(call)) return false;
      if (instr.isAtomic() || instr.isVolatile()) return false;
    }
  }
  rounds_ = evolution_.getBackedgeTakenCount(&loop_);
  return !llvm::isa<llvm::SCEVCouldNotCompute>(rounds_) &&
         evolution_.getTypeSizeInBits(rounds_->getType()) <= 64;
}

// Whether it is an address that goes with the loop.
bool Versioner::add(llvm::ZExtInst& widened) {
  if (!widened.getSrcTy()->isIntegerTy(32) || !widened.getDestTy()->isIntegerTy(64)) return false;
  const auto* const sum =
      llvm::dyn_cast<llvm::SCEVAddRecExpr>(evolution_.getSCEV(widened.getOperand(0)));
  if (sum == nullptr || sum->getLoop() != &loop_ || !sum->isAffine()) return false;
  const auto* const stride = llvm::dyn_cast<llvm::SCEVConstant>(sum->getStepRecurrence(evolution_));
  if (stride == nullptr) return false;
  const int64_t step = stride->getAPInt().getSExtValue();
  if (std::abs(step) > kMaxStride) return false;
  const llvm::SCEV* start = sum->getStart();
  int64_t constant = 0;
  if (const auto* const parts = llvm::dyn_cast<llvm::SCEVAddExpr>(start)) {
    if (const auto* const first = llvm::dyn_cast<llvm::SCEVConstant>(parts->getOperand(0))) {
      constant = first->getAPInt().getSExtValue();
      start = evolution_.getMinusSCEV(start, first);
    }
  }
  const auto known = std::ranges::find_if(
      groups_, [&](const Group& group) { return group.start == start && group.stride == step; });
  Group& group = known != groups_.end() ? *known : groups_.emplace_back(start, step);
  group.addresses.push_back({&widened, constant});
  return true;
}

// False: all is known already, or there is too much to check.
bool Versioner::find_groups() {
  bool is_in_doubt = false;
  for (llvm::BasicBlock* block : loop_.blocks()) {
    for (llvm::Instruction& instr : *block) {
      auto* const widened = llvm::dyn_cast<llvm::ZExtInst>(&instr);
      if (widened == nullptr || !add(*widened)) continue;
      is_in_doubt |= !llvm::isa<llvm::SCEVAddRecExpr>(evolution_.getSCEV(widened));
    }
  }
  const llvm::SCEVExpander expander = make_expander(evolution_, loop_.getHeader()->getDataLayout());
  return is_in_doubt && groups_.size() <= kMaxGroups && expander.isSafeToExpand(rounds_) &&
         std::ranges::all_of(
             groups_, [&](const Group& group) { return expander.isSafeToExpand(group.start); });
}

llvm::Value* Versioner::group_start(const Group& group, llvm::SCEVExpander& expander) {
  llvm::Instruction* const at = loop_.getLoopPreheader()->getTerminator();
  llvm::Type* const type = group.start->getType();
  const llvm::SCEV* const lowest =
      evolution_.getConstant(type, static_cast<uint64_t>(group.lowest()), true);
  const llvm::SCEV* const start = evolution_.getAddExpr(group.start, lowest);
  return expander.expandCodeFor(start, type, at);
}

// Emits the test before the loop: true where no address wraps around.
llvm::Value* Versioner::check() {
  llvm::Instruction* const at = loop_.getLoopPreheader()->getTerminator();
  llvm::SCEVExpander expander = make_expander(evolution_, loop_.getHeader()->getDataLayout());
  llvm::Value* const expanded = expander.expandCodeFor(rounds_, rounds_->getType(), at);
  llvm::IRBuilder<> ir(at);
  ir.SetCurrentDebugLocation(loop_.getStartLoc());
  llvm::Value* const rounds = ir.CreateZExtOrTrunc(expanded, ir.getInt64Ty());
  constexpr uint64_t kLast = UINT32_MAX;
  llvm::Value* fits = ir.getTrue();
  if (rounds_->getType()->getIntegerBitWidth() > 32)
    fits = ir.CreateICmpULE(rounds, ir.getInt64(kLast));
  for (const Group& group : groups_) {
    llvm::Value* const start = ir.CreateZExt(group_start(group, expander), ir.getInt64Ty());
    starts_.push_back(start);
    const auto distance = static_cast<uint64_t>(group.highest() - group.lowest());
    llvm::Value* const way =
        ir.CreateMul(rounds, ir.getInt64(static_cast<uint64_t>(std::abs(group.stride))));
    llvm::Value* end = ir.CreateAdd(start, ir.getInt64(distance));
    if (group.stride < 0)
      fits = ir.CreateAnd(fits, ir.CreateICmpUGE(start, way));
    else
      end = ir.CreateAdd(end, way);
    fits = ir.CreateAnd(fits, ir.CreateICmpULE(end, ir.getInt64(kLast)));
  }
  return ir.CreateFreeze(fits);
}

// Makes the copy for where the check fails.
void Versioner::duplicate(llvm::Value* fits) {
  llvm::BasicBlock* const checking = loop_.getLoopPreheader();
  llvm::BasicBlock* const exit = loop_.getExitBlock();
  llvm::BasicBlock* const latch = loop_.getLoopLatch();
  llvm::BasicBlock* const preheader =
      llvm::SplitBlock(checking, checking->getTerminator(), &dominators_, &loops_);
  llvm::ValueToValueMapTy copies;
  llvm::SmallVector<llvm::BasicBlock*, 8> blocks;
  llvm::Loop* const slow = llvm::cloneLoopWithPreheader(preheader, checking, &loop_, copies, "",
                                                        &loops_, &dominators_, blocks);
  llvm::remapInstructionsInBlocks(blocks, copies);
  llvm::Instruction* const jump = checking->getTerminator();
  llvm::IRBuilder<> ir(jump);
  ir.CreateCondBr(fits, preheader, slow->getLoopPreheader());
  jump->eraseFromParent();
  for (llvm::PHINode& phi : exit->phis()) {
    llvm::Value* const value = phi.getIncomingValueForBlock(latch);
    const auto copy = copies.find(value);
    phi.addIncoming(copy != copies.end() ? static_cast<llvm::Value*>(copy->second) : value,
                    slow->getLoopLatch());
  }
  dominators_.changeImmediateDominator(exit, checking);
  for (const char* mark : {"llvm.loop.isvectorized", "llvm.loop.unroll.disable"})
    llvm::addStringMetadataToLoop(slow, mark, 1);
  llvm::formDedicatedExitBlocks(slow, &dominators_, &loops_, nullptr, true);
  llvm::formDedicatedExitBlocks(&loop_, &dominators_, &loops_, nullptr, true);
}

void Versioner::widen(const Group& group) {
  llvm::Value* const start = starts_[static_cast<size_t>(&group - groups_.data())];
  llvm::BasicBlock* const header = loop_.getHeader();
  llvm::BasicBlock* const latch = loop_.getLoopLatch();
  llvm::IRBuilder<> ir(header, header->begin());
  ir.SetCurrentDebugLocation(loop_.getStartLoc());
  llvm::PHINode* const variable = ir.CreatePHI(ir.getInt64Ty(), 2);
  ir.SetInsertPoint(latch->getTerminator());
  // Behind the last round it may reach any value below 2^33, or below 0.
  llvm::Value* const next =
      ir.CreateAdd(variable, llvm::ConstantInt::getSigned(ir.getInt64Ty(), group.stride), "",
                   group.stride > 0, true);
  variable->addIncoming(start, loop_.getLoopPreheader());
  variable->addIncoming(next, latch);
  const int64_t lowest = group.lowest();
  for (const Address& address : group.addresses) {
    ir.SetInsertPoint(address.widened);
    llvm::Value* const wide = ir.CreateAdd(
        variable, ir.getInt64(static_cast<uint64_t>(address.constant - lowest)), "", true, true);
    address.widened->replaceAllUsesWith(wide);
    address.widened->eraseFromParent();
  }
}

}  // namespace

llvm::PreservedAnalyses WrapFreeLoops::run(llvm::Function& func,
                                           llvm::FunctionAnalysisManager& analyses) {
  auto& loops = analyses.getResult<llvm::LoopAnalysis>(func);
  if (loops.empty()) return llvm::PreservedAnalyses::all();
  auto& dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(func);
  auto& evolution = analyses.getResult<llvm::ScalarEvolutionAnalysis>(func);
  bool is_changed = false;
  for (llvm::Loop* loop : loops.getLoopsInPreorder()) {
    if (!Versioner(*loop, loops, dominators, evolution).run()) continue;
    is_changed = true;
    evolution.forgetAllLoops();
  }
  return is_changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace skerry::llvm_tier
