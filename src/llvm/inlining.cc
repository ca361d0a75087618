// Calls of small funcs in funcs that can be called to go on where they left off (resumption.cc), as
// Go's are: the callee's body in place of the call. What the caller leaves in memory for the
// callee, arguments and return address, is then forwarded, and the stack pointer stays in a
// register. In other modules it is left to the compiler that made them: it has inlined already.
// The body is translated where the call stands, by a translator of its own that shares the
// function, the context and what memory belongs to whom.
#include <llvm/IR/DIBuilder.h>

#include "llvm/func_translator.h"
#include "llvm/line_table.h"

namespace skerry::llvm_tier {
namespace {

// What is larger gains little: the call is a small part of it.
constexpr uint64_t kMaxCalleeBytes = 200;
// All that is put into one func.
constexpr uint64_t kMinInlinedBytes = 1000;
// Objects of the garbage collector and atomics, which this tier leaves to others. What else it
// does not know in a callee leaves the caller to others, too.
constexpr uint8_t kGcPrefix = 0xfb, kAtomicPrefix = 0xfe;

bool may_be_inlined(const Instr& instr) {
  switch (instr.shape) {
    case Shape::ReturnCall:
    case Shape::ReturnCallIndirect:
    case Shape::ReturnCallRef:
    case Shape::Throw:
    case Shape::ThrowRef:
    case Shape::TryTable: return false;
    default: return *instr.begin != kGcPrefix && *instr.begin != kAtomicPrefix;
  }
}

}  // namespace

FuncTranslator::FuncTranslator(FuncTranslator& caller, uint32_t func)
    : FuncTranslator(caller.out_, caller.validated_, caller.tables_, caller.layout_, func,
                     caller.options_) {
  caller_ = &caller;
  func_ = caller.func_;
  own_context_ = caller.own_context_;
  memory_parameter_ = caller.memory_parameter_;
  base_variable_ = caller.base_variable_;
  rarely_ = caller.rarely_;
  std::copy(std::begin(caller.region_scopes_), std::end(caller.region_scopes_), region_scopes_);
  std::copy(std::begin(caller.region_others_), std::end(caller.region_others_), region_others_);

  const llvm::DebugLoc& call = caller.ir_.getCurrentDebugLocation();
  inlined_at_ = call.get();
  llvm::DIBuilder debug(out_, false, caller.scope_->getUnit());
  scope_ = declare_scope(debug, debug.createFile(file_name({func, call.getLine()}), ""));
  debug.finalize();
  ir_.SetInsertPoint(caller.ir_.GetInsertBlock());
}

bool FuncTranslator::inline_call(uint32_t func) {
  const FuncBody& body = module_.bodies[func - module_.imported_funcs];
  const uint64_t most = std::max<uint64_t>(kMinInlinedBytes, body_.code.size());
  if (!resume_param_ || caller_ != nullptr || func == func_index_ ||
      body.code.size() > kMaxCalleeBytes || inlined_bytes_ + body.code.size() > most)
    return false;
  FuncTranslator callee(*this, func);
  const size_t first = stack_.size() - callee.type_.params.size();
  if (!callee.translate_in_place(std::span(stack_).subspan(first))) return false;
  inlined_bytes_ += body.code.size();
  loop_count_ += callee.loop_count_;
  callees_.insert(callees_.end(), callee.callees_.begin(), callee.callees_.end());
  has_moved_base_ |= callee.has_moved_base_;
  stack_.resize(first);
  stack_.insert(stack_.end(), callee.stack_.begin(), callee.stack_.end());
  ir_.SetInsertPoint(callee.ir_.GetInsertBlock());
  is_unreachable_ = callee.is_unreachable_;
  return true;
}

// Nothing has been emitted if it cannot be done.
bool FuncTranslator::translate_in_place(std::span<const Value> args) {
  std::vector<ValType> types = read_locals();
  FunctionReader ahead = reader_;
  for (Instr instr; !ahead.at_end();) {
    (void)ahead.next(instr);
    if (!may_be_inlined(instr)) return false;
  }
  resume_param_ = find_resume_param();
  if (resume_param_) {
    const auto* const entry = llvm::dyn_cast<llvm::ConstantInt>(args[*resume_param_]);
    if (entry == nullptr || !entry->isZero()) return false;
  }
  ir_.SetCurrentDebugLocation(place(static_cast<unsigned>(body_.offset)));
  for (size_t i = 0; i < types.size(); ++i) {
    locals_.push_back(entry_alloca(type_of(types[i])));
    ir_.CreateStore(i < args.size() ? args[i] : zero_of(types[i]), locals_[i]);
  }
  if (const Result<void> walked = walk(); !walked) caller_->callee_failure_ = walked.error();
  return true;
}

}  // namespace skerry::llvm_tier
