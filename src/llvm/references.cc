// Globals, tables and references. A reference is one word, null being 0.
#include "llvm/func_translator.h"

namespace skerry::llvm_tier {

void FuncTranslator::global(const Instr& instr) {
  const GlobalType& type = module_.globals[instr.index].type;
  const uint32_t offset = layout_.global(instr.index);
  Value const place = layout_.is_imported_global(instr.index)
                          ? load_fixed(pointer_, offset)
                          : offset_pointer(own_context_, offset);
  if (instr.shape == Shape::GlobalSet) return store(pop(), place, Region::Context);
  llvm::LoadInst* const value =
      llvm::cast<llvm::LoadInst>(load(type_of(type.type), place, Region::Context));
  // A defined one is set before any func runs.
  if (!type.is_mutable)
    value->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context_, {}));
  push(value);
}

// --- Tables ------------------------------------------------------------------------------------

FuncTranslator::Value FuncTranslator::table_element(uint32_t table, Value index, TrapCode trap) {
  Value const wide = ir_.CreateZExt(index, i64_);
  Value const view = load_fixed(pointer_, layout_.table(table));
  const FixedTables::Table* const fixed = tables_.find(table);
  Value const size =
      fixed != nullptr ? constant64(fixed->size)
                       : load(i64_, offset_pointer(view, offsetof(VmTable, size)), Region::Context);
  trap_if(ir_.CreateICmpUGE(wide, size), trap);
  Value const elements =
      load(pointer_, offset_pointer(view, offsetof(VmTable, elements)), Region::Context);
  // It never moves, either.
  if (fixed != nullptr) mark_invariant(elements);
  return ir_.CreateGEP(i64_, elements, wide);
}

void FuncTranslator::table_access(const Instr& instr) {
  Value const value = instr.shape == Shape::TableSet ? pop() : nullptr;
  Value const element = table_element(instr.index, pop(), TrapCode::TableOutOfBounds);
  if (value == nullptr) return push(load(i64_, element, Region::Context));
  store(value, element, Region::Context);
}

void FuncTranslator::table_size(const Instr& instr) {
  Value const view = load_fixed(pointer_, layout_.table(instr.index));
  Value const size = load(i64_, offset_pointer(view, offsetof(VmTable, size)), Region::Context);
  const bool is_64 = module_.tables[instr.index].type.limits.is_64;
  push(is_64 ? size : ir_.CreateTrunc(size, i32_));
}

void FuncTranslator::table_grow(const Instr& instr) {
  charge_fuel();
  Value const delta = ir_.CreateZExt(pop(), i64_);
  Value const initial = pop();
  Value const old_size =
      call_builtin(Builtin::table_grow, i64_, {constant32(instr.index), initial, delta});
  after_call();
  const bool is_64 = module_.tables[instr.index].type.limits.is_64;
  push(is_64 ? old_size : ir_.CreateTrunc(old_size, i32_));
}

// --- References --------------------------------------------------------------------------------

void FuncTranslator::reference(const Instr& instr) {
  switch (instr.shape) {
    case Shape::RefNull: return push(constant64(0));
    case Shape::RefFunc:
      push(call_builtin(Builtin::ref_func, i64_, {constant32(instr.index)}));
      return after_call();
    case Shape::RefIsNull: return push(ir_.CreateZExt(ir_.CreateIsNull(pop()), i32_));
    case Shape::RefEq: {
      Value const second = pop();
      return push(ir_.CreateZExt(ir_.CreateICmpEQ(pop(), second), i32_));
    }
    default:  // ref.as_non_null
      return trap_if(ir_.CreateIsNull(stack_.back()), TrapCode::NullReference);
  }
}

// --- Casts of function references --------------------------------------------------------------

bool FuncTranslator::is_func_type(HeapType heap) const {
  if (heap.is_concrete()) return module_.types[heap.type_index()].kind == CompositeKind::Func;
  return heap == HeapType::Func || heap == HeapType::NoFunc;
}

// Whether a reference is of the type, as a bit. The type id of the reference itself is compared
// here; that of its supertypes, by a builtin.
FuncTranslator::Value FuncTranslator::is_of_type(Value word, HeapType heap, bool is_nullable) {
  llvm::BasicBlock* const object = new_block();
  llvm::BasicBlock* const done = new_block();
  llvm::PHINode* const answer = llvm::PHINode::Create(ir_.getInt1Ty(), 3, "", done);
  const auto answer_is = [&](Value value) { answer->addIncoming(value, ir_.GetInsertBlock()); };
  answer_is(ir_.getInt1(is_nullable));
  ir_.CreateCondBr(ir_.CreateIsNull(word), done, object);
  bind(object);
  if (!heap.is_concrete()) {
    answer_is(ir_.getInt1(heap == HeapType::Func));
  } else {
    Value const reference = ir_.CreateIntToPtr(word, pointer_);
    Value const actual =
        load(i32_, offset_pointer(reference, offsetof(VmFuncRef, type_id)), Region::Context, 4);
    Value const wanted = load_fixed(i32_, layout_.type_id(heap.type_index()), 4);
    Value const is_same = ir_.CreateICmpEQ(actual, wanted);
    if (module_.types[heap.type_index()].is_final) {
      answer_is(is_same);
    } else {
      llvm::BasicBlock* const ask = new_block();
      answer_is(ir_.getTrue());
      ir_.CreateCondBr(is_same, done, ask);
      bind(ask);
      answer_is(ir_.CreateIsNotNull(call_builtin(Builtin::is_subtype, i32_, {actual, wanted})));
    }
  }
  ir_.CreateBr(done);
  bind(done);
  return answer;
}

bool FuncTranslator::cast(const Instr& instr) {
  const bool is_branch = instr.shape == Shape::BrOnCast;
  const HeapType heap = is_branch ? instr.heap2 : instr.heap;
  if (!is_func_type(heap)) return false;  // objects, which this tier does not execute
  charge_fuel();
  const bool is_nullable = is_branch ? (instr.cast_flags & 2) != 0
                                     : instr.op == Op::RefTestNull || instr.op == Op::RefCastNull;
  Value const is = is_of_type(stack_.back(), heap, is_nullable);
  if (instr.shape == Shape::RefCast) {
    trap_if(ir_.CreateNot(is), TrapCode::CastFailure);
  } else if (instr.shape == Shape::RefTest) {
    pop();
    push(ir_.CreateZExt(is, i32_));
  } else {
    // The reference is an operand of the label and stays where the branch is not taken.
    Control& target = control_at(instr.index);
    llvm::BasicBlock* const next = new_block();
    pass_values(target);
    const bool on_success = instr.op == Op::BrOnCast;
    ir_.CreateCondBr(is, on_success ? target.label : next, on_success ? next : target.label);
    bind(next);
  }
  return true;
}

}  // namespace skerry::llvm_tier
