// Funcs that can be called to go on where they left off: the first thing such a func does is to
// dispatch on a parameter, 0 for a fresh call (Go's compiler makes all funcs so). A switch that may
// enter anywhere leaves no loop with one entry, and with it hardly any optimisation. So this tier
// compiles the fresh call alone; any other goes to the code of the compiler this one is paired
// with. That is right whatever the func does: the whole call is passed on, before anything has
// happened.
#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

// The parameter the func dispatches on before it has set it, if it does.
std::optional<uint32_t> FuncTranslator::find_resume_param() const {
  constexpr int kMaxInstrs = 16;  // what such funcs begin with is short
  FunctionReader reader = reader_;
  Instr instr;
  for (int i = 0; i < kMaxInstrs && !reader.at_end(); ++i) {
    (void)reader.next(instr);
    switch (instr.shape) {
      case Shape::Loop: {
        DispatchLoop loop;
        if (!match_dispatch(reader.pos(), body_.code.data() + body_.code.size(), loop))
          return std::nullopt;
        const auto& params = type_.params;
        if (loop.local >= params.size() || params[loop.local] != ValType::I32) return std::nullopt;
        return loop.local;
      }
      case Shape::Block:
      case Shape::Const:
      case Shape::LocalGet:
      case Shape::LocalSet:
      case Shape::LocalTee:
      case Shape::GlobalGet: break;
      default: return std::nullopt;
    }
  }
  return std::nullopt;
}

// Behind this, the parameter is 0.
void FuncTranslator::pass_on_resumption(uint32_t param) {
  passes_on_ = true;
  llvm::AllocaInst* const local = locals_[param];
  llvm::BasicBlock *const resumption = new_block(), *const missing = new_block(),
                          *const known = new_block(), *const fresh = new_block();
  branch_rarely(ir_.CreateIsNotNull(ir_.CreateLoad(i32_, local)), resumption, fresh);

  bind(resumption);
  Value const loaded = load(pointer_, offset_pointer(own_context_, layout_.resumption(func_index_)),
                            Region::Context);
  branch_rarely(ir_.CreateIsNull(loaded), missing, known);
  bind(missing);
  Value const made = call_builtin(Builtin::compile_resumption, pointer_, {constant32(func_index_)});
  ir_.CreateBr(known);
  bind(known);
  llvm::PHINode* const code = ir_.CreatePHI(pointer_, 2);
  code->addIncoming(loaded, resumption);
  code->addIncoming(made, missing);
  llvm::SmallVector<Value, 16> args;
  for (llvm::Argument& arg : func_->args()) args.push_back(&arg);
  llvm::CallInst* const call = ir_.CreateCall(func_->getFunctionType(), code, args);
  call->setAttributes(call_attributes(func_->getFunctionType(), false));
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  type_.results.size() == 1 ? ir_.CreateRet(call) : ir_.CreateRetVoid();

  bind(fresh);
  ir_.CreateStore(constant32(0), local);
}

}  // namespace skerry::llvm_tier
