// Every closed path leads through the header of some cycle of the cycle forest, reducible or not:
// that is where polls go.
#include "llvm/polls.h"

#include <llvm/Analysis/CycleAnalysis.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include "code/context.h"
#include "llvm/line_table.h"

namespace skerry::llvm_tier {
namespace {

llvm::DebugLoc place_of(const llvm::BasicBlock& block) {
  for (const llvm::Instruction& instr : block)
    if (instr.getDebugLoc() && instr.getDebugLoc().getLine() != 0) return instr.getDebugLoc();
  return llvm::DILocation::get(block.getContext(), 0, 0, block.getParent()->getSubprogram());
}

// One compare serves stack overflow and interruption: an interrupt raises the limit to all ones.
void add_poll(llvm::Instruction* before, const llvm::DebugLoc& place) {
  llvm::LLVMContext& context = before->getContext();
  llvm::Value* const own_context = before->getFunction()->getArg(0);
  llvm::IRBuilder<> ir(before);
  ir.SetCurrentDebugLocation(place);
  static_assert(context_offset::stack_limit == 0);
  // Nothing behind this pass moves the load out of a cycle: there is a call in it, the poll's own.
  // An atomic or volatile one would not become an operand of the comparison.
  llvm::LoadInst* const limit = ir.CreateAlignedLoad(ir.getInt64Ty(), own_context, llvm::Align(8));
  llvm::Metadata* const name[] = {llvm::MDString::get(context, "rsp")};
  llvm::Value* const rsp =
      ir.CreateIntrinsic(llvm::Intrinsic::read_register, {ir.getInt64Ty()},
                         {llvm::MetadataAsValue::get(context, llvm::MDNode::get(context, name))});
  llvm::MDNode* const weights = llvm::MDBuilder(context).createBranchWeights(1, 1 << 20);
  llvm::Instruction* const cold = llvm::SplitBlockAndInsertIfThen(
      ir.CreateICmpULT(rsp, limit), before->getIterator(), false, weights);
  cold->getParent()->getSinglePredecessor()->getTerminator()->setDebugLoc(place);
  // Only what is out of line is marked: LLVM gives the place of the rest to what it moves there.
  const llvm::DebugLoc poll = llvm::DILocation::get(
      context, place.getLine(), column_of(CodePart::Poll), place.getScope(), place.getInlinedAt());
  cold->setDebugLoc(poll);
  ir.SetInsertPoint(cold);
  ir.SetCurrentDebugLocation(poll);
  const auto word_at = [&](llvm::Value* base, uint64_t offset) {
    return ir.CreateAlignedLoad(ir.getPtrTy(), ir.CreateConstGEP1_64(ir.getInt8Ty(), base, offset),
                                llvm::Align(8));
  };
  llvm::Value* const builtins = word_at(own_context, context_offset::builtins);
  llvm::Value* const stub = word_at(builtins, 8 * static_cast<uint64_t>(Builtin::poll));
  llvm::CallInst* const call = ir.CreateCall(
      llvm::FunctionType::get(ir.getVoidTy(), {ir.getPtrTy()}, false), stub, {own_context});
  // The stub preserves every register.
  call->setCallingConv(llvm::CallingConv::PreserveAll);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  call->setDoesNotThrow();
  call->addFnAttr(llvm::Attribute::NoMerge);
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
}

// Whether every round passes a call that polls: one in the header.
bool has_polling_call(const llvm::BasicBlock& header) {
  for (const llvm::Instruction& instr : header)
    if (const auto* const call = llvm::dyn_cast<llvm::CallInst>(&instr))
      if (call->hasFnAttr(kPollingCall)) return true;
  return false;
}

// Straight-line code gets a poll each so many instructions: that ends a block, and with it what
// takes register allocation and scheduling more than linear time.
constexpr uint64_t kStretchInstrs = 1'000;

// The instructions that end such a stretch.
llvm::SmallVector<llvm::Instruction*> ends_of_stretches(llvm::Function& func) {
  llvm::SmallVector<llvm::Instruction*> ends;
  for (llvm::BasicBlock& block : func) {
    uint64_t count = 0;
    for (llvm::Instruction& instr : block) {
      if (++count < kStretchInstrs || llvm::isa<llvm::PHINode>(instr) || instr.isTerminator())
        continue;
      ends.push_back(&instr);
      count = 0;
    }
  }
  return ends;
}

}  // namespace

llvm::PreservedAnalyses AddPolls::run(llvm::Function& func,
                                      llvm::FunctionAnalysisManager& analyses) {
  const llvm::CycleInfo& cycles = analyses.getResult<llvm::CycleAnalysis>(func);
  llvm::SmallVector<llvm::BasicBlock*, 16> headers;
  llvm::SmallVector<const llvm::Cycle*, 16> open(cycles.toplevel_begin(), cycles.toplevel_end());
  while (!open.empty()) {
    const llvm::Cycle* const cycle = open.pop_back_val();
    headers.push_back(cycle->getHeader());
    open.append(cycle->child_begin(), cycle->child_end());
  }
  for (llvm::BasicBlock* header : headers) {
    if (has_polling_call(*header)) continue;
    const llvm::DebugLoc place = place_of(*header);
    add_poll(&*header->getFirstInsertionPt(), place);
  }
  for (llvm::Instruction* end : ends_of_stretches(func)) add_poll(end, place_of(*end->getParent()));
  llvm::BasicBlock& entry = func.getEntryBlock();
  const llvm::DebugLoc place = llvm::DILocation::get(
      func.getContext(), func.getSubprogram()->getLine(), 0, func.getSubprogram());
  add_poll(&*entry.getFirstNonPHIOrDbgOrAlloca(), place);
  return llvm::PreservedAnalyses::none();
}

}  // namespace skerry::llvm_tier
