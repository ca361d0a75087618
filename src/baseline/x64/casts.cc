// Casts of function references: ref.test, ref.cast, br_on_cast, br_on_cast_fail.
// Not here: casts of objects, which this tier does not execute.
#include "baseline/x64/func_compiler.h"

namespace skerry::baseline::x64 {

using namespace Xbyak::util;

bool FuncCompiler::is_func_type(HeapType heap) const {
  if (heap.is_concrete()) return module_.types[heap.type_index()].kind == CompositeKind::Func;
  return heap == HeapType::Func || heap == HeapType::NoFunc;
}

// eax becomes 1 if the reference on top of the stack, which stays there, is of the type, else 0.
// All operands are in slots or constant then. The type id of the reference itself is compared here;
// that of its supertypes, by a builtin.
void FuncCompiler::emit_func_test(HeapType heap, bool is_nullable) {
  charge_fuel();
  flush_stack();
  save_for_call(stack_.size());
  load(kScratch, stack_.back());
  CodeLabel done;
  code_.mov(eax, is_nullable ? 1 : 0);
  code_.test(r11, r11);
  code_.jump_if(Cond::E, done);
  if (!heap.is_concrete()) {
    code_.mov(eax, heap == HeapType::Func ? 1 : 0);
  } else {
    code_.mov(eax, 1);
    code_.mov(esi, dword[r11 + offsetof(VmFuncRef, type_id)]);
    code_.mov(edx, dword[r13 + layout_.type_id(heap.type_index())]);
    code_.cmp(esi, edx);
    code_.jump_if(Cond::E, done);
    if (module_.types[heap.type_index()].is_final)
      code_.xor_(eax, eax);
    else
      emit_subtype_call();
  }
  code_.bind(done);
  forget_cached_locals();
  stale_pins_ = call_pins_;
}

bool FuncCompiler::on_cast(const Instr& instr) {
  const bool is_branch = instr.shape == Shape::BrOnCast;
  if (!is_func_type(is_branch ? instr.heap2 : instr.heap)) return false;
  if (is_branch) {
    on_br_on_cast(instr);
    return true;
  }
  emit_func_test(instr.heap, instr.op == Op::RefTestNull || instr.op == Op::RefCastNull);
  if (instr.shape == Shape::RefCast) {
    code_.test(eax, eax);
    code_.jump_if(Cond::E, trap_label(TrapCode::CastFailure));
    return true;
  }
  release(pop());
  push_reg(kRax, ValType::I32);
  return true;
}

// The reference is an operand of the label and stays on the stack where the branch is not taken.
void FuncCompiler::on_br_on_cast(const Instr& instr) {
  emit_func_test(instr.heap2, (instr.cast_flags & 2) != 0);
  refresh_pins();
  CodeLabel stay;
  code_.test(eax, eax);
  code_.jump_if(instr.op == Op::BrOnCast ? Cond::E : Cond::NE, stay);
  emit_branch(control_at(instr.index));
  code_.bind(stay);
}

}  // namespace skerry::baseline::x64
