// Calls as code/abi.h wants them: the context as swiftself (r13), memory 0's base as swiftasync
// (r14), the caller's context as nest (r10), everything else as a C function has it.
#include <utility>

#include "llvm/func_translator.h"
#include "llvm/polls.h"

namespace skerry::llvm_tier {

llvm::FunctionType* FuncTranslator::signature_of(const FuncType& type, bool with_caller) const {
  llvm::SmallVector<llvm::Type*, 16> params = {pointer_, pointer_};
  const auto places = param_locations(type.params);
  for (size_t i = 0; i < places.size(); ++i)
    if (places[i].kind != ValueLocation::Buffer) params.push_back(type_of(type.params[i]));
  if (with_caller) params.push_back(pointer_);
  llvm::Type* const result =
      type.results.size() == 1 ? type_of(type.results[0]) : llvm::Type::getVoidTy(context_);
  return llvm::FunctionType::get(result, params, false);
}

llvm::AttributeList FuncTranslator::call_attributes(llvm::FunctionType* type,
                                                    bool with_caller) const {
  llvm::AttributeList list;
  list = list.addParamAttribute(context_, 0, llvm::Attribute::SwiftSelf);
  list = list.addParamAttribute(context_, 1, llvm::Attribute::SwiftAsync);
  if (with_caller)
    list = list.addParamAttribute(context_, type->getNumParams() - 1, llvm::Attribute::Nest);
  return list.addFnAttribute(context_, llvm::Attribute::NoUnwind);
}

FuncTranslator::Value FuncTranslator::own_memory() {
  return memory_may_move_ ? ir_.CreateLoad(pointer_, base_variable_) : memory_parameter_;
}

void FuncTranslator::after_call() {
  if (!memory_may_move_) return;
  has_moved_base_ = true;
  Value const base =
      load(pointer_, offset_pointer(own_context_, context_offset::memory0_base), Region::Context);
  ir_.CreateStore(base, base_variable_);
}

// Takes the arguments off the stack: the buffer's into the buffer, the rest are returned.
std::vector<FuncTranslator::Value> FuncTranslator::marshal(const FuncType& type) {
  const size_t first = stack_.size() - type.params.size();
  const auto places = param_locations(type.params);
  std::vector<Value> args;
  Value buffer = nullptr;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].kind != ValueLocation::Buffer) {
      args.push_back(stack_[first + i]);
      continue;
    }
    if (buffer == nullptr) buffer = load_fixed(pointer_, context_offset::values);
    store(stack_[first + i], offset_pointer(buffer, 8 * places[i].index), Region::Buffer);
  }
  stack_.resize(first);
  return args;
}

llvm::CallInst* FuncTranslator::emit_call(const FuncType& type, const Callee& callee,
                                          llvm::ArrayRef<Value> args) {
  const bool with_caller = callee.caller != nullptr;
  llvm::FunctionType* const signature = signature_of(type, with_caller);
  llvm::SmallVector<Value, 16> all = {callee.context, callee.memory};
  all.append(args.begin(), args.end());
  if (with_caller) all.push_back(callee.caller);
  llvm::CallInst* const call = ir_.CreateCall(signature, callee.code, all);
  call->setAttributes(call_attributes(signature, with_caller));
  // A call must leave a frame behind: backtraces show it.
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  return call;
}

// `is_tail`: the callee was called, not jumped to; its results are this func's.
void FuncTranslator::finish_call(const FuncType& type, Value result, bool is_tail) {
  if (is_tail) {
    // Several results are in the buffer already, which is where they go.
    type.results.size() == 1 ? ir_.CreateRet(result) : ir_.CreateRetVoid();
    return start_unreachable();
  }
  after_call();
  const auto places = result_locations(type.results);
  if (places.size() == 1) return push(result);
  if (places.empty()) return;
  Value const buffer = load_fixed(pointer_, context_offset::values);
  for (size_t i = 0; i < places.size(); ++i)
    push(load(type_of(type.results[i]), offset_pointer(buffer, 8 * places[i].index),
              Region::Buffer));
}

// Nothing is on the stack for a call: no arguments, and no address that a callee could hold. So
// this is always a jump; code_reader checks that it is.
void FuncTranslator::tail_call(const FuncType& type, const Callee& callee,
                               llvm::ArrayRef<Value> args) {
  llvm::CallInst* const call = emit_call(type, callee, args);
  call->setTailCallKind(call->getFunctionType() == func_->getFunctionType()
                            ? llvm::CallInst::TCK_MustTail
                            : llvm::CallInst::TCK_Tail);
  has_tail_call_ = true;
  type.results.size() == 1 ? ir_.CreateRet(call) : ir_.CreateRetVoid();
  start_unreachable();
}

// The stack limit is handed on to the other context.
FuncTranslator::Callee FuncTranslator::enter_context(Value code, Value context) {
  llvm::LoadInst* const limit = ir_.CreateAlignedLoad(i64_, own_context_, llvm::Align(8));
  limit->setAtomic(llvm::AtomicOrdering::Monotonic);
  mark(limit, Region::Context);
  llvm::StoreInst* const handed = ir_.CreateAlignedStore(limit, context, llvm::Align(8));
  handed->setAtomic(llvm::AtomicOrdering::Monotonic);
  mark(handed, Region::Context);
  Value const memory =
      load(pointer_, offset_pointer(context, context_offset::memory0_base), Region::Context);
  return {code, context, memory, own_context_};
}

void FuncTranslator::call_import(uint32_t func, bool is_tail) {
  const FuncType& type = module_.func_type(func);
  const std::vector<Value> args = marshal(type);
  const uint32_t import = layout_.import_func(func);
  Value const code = load(pointer_, offset_pointer(own_context_, import + offsetof(VmImport, code)),
                          Region::Context);
  Value const context = load_fixed(pointer_, import + offsetof(VmImport, context));
  finish_call(type, emit_call(type, enter_context(code, context), args), is_tail);
}

void FuncTranslator::call_func(const Instr& instr) {
  const bool is_tail = instr.shape == Shape::ReturnCall;
  charge_fuel();
  if (instr.index < module_.imported_funcs) return call_import(instr.index, is_tail);
  if (!is_tail && inline_call(instr.index)) return;
  callees_.push_back(instr.index);
  const FuncType& type = module_.func_type(instr.index);
  const std::vector<Value> args = marshal(type);
  Callee callee{nullptr, own_context_, own_memory()};
  callee.code = load(pointer_, offset_pointer(own_context_, layout_.func_entry(instr.index)),
                     Region::Context);
  if (is_tail) return tail_call(type, callee, args);
  llvm::CallInst* const call = emit_call(type, callee, args);
  call->addFnAttr(llvm::Attribute::get(context_, kPollingCall));
  finish_call(type, call, false);
}

// --- Through references ------------------------------------------------------------------------

void FuncTranslator::check_signature(Value reference, uint32_t type_index) {
  Value const wanted = load_fixed(i32_, layout_.type_id(type_index), 4);
  Value const actual =
      load(i32_, offset_pointer(reference, offsetof(VmFuncRef, type_id)), Region::Context, 4);
  Value const differs = ir_.CreateICmpNE(actual, wanted);
  if (module_.types[type_index].is_final) return trap_if(differs, TrapCode::BadSignature);
  // A subtype will do.
  llvm::BasicBlock* const ask = new_block();
  llvm::BasicBlock* const good = new_block();
  branch_rarely(differs, ask, good);
  bind(ask);
  Value const answer = call_builtin(Builtin::is_subtype, i32_, {actual, wanted});
  trap_if(ir_.CreateIsNull(answer), TrapCode::BadSignature);
  ir_.CreateBr(good);
  bind(good);
}

void FuncTranslator::call_indirect(const Instr& instr) {
  charge_fuel();
  Value const index = pop();
  Value const element = table_element(instr.index2, index, TrapCode::UndefinedElement);
  Value const word = load(i64_, element, Region::Context);
  trap_if(ir_.CreateIsNull(word), TrapCode::IndirectCallToNull);
  Value const reference = ir_.CreateIntToPtr(word, pointer_);
  const FixedTables::Table* const fixed = tables_.find(instr.index2);
  if (fixed == nullptr || fixed->type_id != validated_.type_ids()[instr.index])
    check_signature(reference, instr.index);
  call_through(reference, module_.types[instr.index].func, instr.shape == Shape::ReturnCallIndirect,
               fixed != nullptr && fixed->are_all_defined);
}

void FuncTranslator::call_ref(const Instr& instr) {
  charge_fuel();
  Value const word = pop();
  trap_if(ir_.CreateIsNull(word), TrapCode::NullFuncReference);
  call_through(ir_.CreateIntToPtr(word, pointer_), module_.types[instr.index].func,
               instr.shape == Shape::ReturnCallRef);
}

// `is_near`: the func is known to be this instance's.
void FuncTranslator::call_through(Value reference, const FuncType& type, bool is_tail,
                                  bool is_near) {
  const std::vector<Value> args = marshal(type);
  Value const code =
      load(pointer_, offset_pointer(reference, offsetof(VmFuncRef, code)), Region::Context);
  const Callee own{code, own_context_, own_memory()};
  if (is_near && is_tail) return tail_call(type, own, args);
  if (is_near) return finish_call(type, emit_call(type, own, args), false);
  Value const context =
      load(pointer_, offset_pointer(reference, offsetof(VmFuncRef, context)), Region::Context);
  llvm::BasicBlock* const near = new_block();
  llvm::BasicBlock* const far = new_block();
  branch_rarely(ir_.CreateICmpNE(context, own_context_), far, near);
  bind(far);
  Value const far_result = emit_call(type, enter_context(code, context), args);
  llvm::BasicBlock* const far_end = ir_.GetInsertBlock();
  if (is_tail) finish_call(type, far_result, true);

  bind(near);
  if (is_tail) return tail_call(type, own, args);
  Value const near_result = emit_call(type, own, args);
  llvm::BasicBlock* const joined = new_block();
  ir_.CreateBr(joined);
  llvm::BasicBlock* const near_end = ir_.GetInsertBlock();
  ir_.SetInsertPoint(far_end);
  ir_.CreateBr(joined);
  bind(joined);
  Value result = near_result;
  if (type.results.size() == 1) {
    llvm::PHINode* const phi = ir_.CreatePHI(near_result->getType(), 2);
    phi->addIncoming(near_result, near_end);
    phi->addIncoming(far_result, far_end);
    result = phi;
  }
  finish_call(type, result, false);
}

// --- Builtins ----------------------------------------------------------------------------------

// rsp goes to the context right before, so that the return address starts a backtrace.
FuncTranslator::Value FuncTranslator::call_builtin(Builtin which, llvm::Type* result,
                                                   llvm::ArrayRef<Value> args) {
  llvm::SmallVector<Value, 8> all = {own_context_};
  llvm::SmallVector<llvm::Type*, 8> types = {pointer_};
  for (Value arg : args) {
    all.push_back(arg);
    types.push_back(arg->getType());
  }
  store(stack_pointer(), offset_pointer(own_context_, context_offset::exit_rsp), Region::Context);
  Value const builtins = load_fixed(pointer_, context_offset::builtins);
  Value const code =
      load(pointer_, offset_pointer(builtins, 8 * static_cast<uint32_t>(which)), Region::Context);
  llvm::CallInst* const call =
      ir_.CreateCall(llvm::FunctionType::get(result, types, false), code, all);
  call->setDoesNotThrow();
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  return call;
}

}  // namespace skerry::llvm_tier
