// A little stack machine; validation has checked types and stack heights.
#include "runtime/const_expr.h"

#include <cassert>
#include <vector>

#include "runtime/instance.h"

namespace skerry::runtime {
namespace {

uint64_t binary(Op op, uint64_t a, uint64_t b) {
  switch (op) {
    case Op::I32Add: return static_cast<uint32_t>(a + b);
    case Op::I32Sub: return static_cast<uint32_t>(a - b);
    case Op::I32Mul: return static_cast<uint32_t>(a * b);
    case Op::I64Add: return a + b;
    case Op::I64Sub: return a - b;
    default: assert(op == Op::I64Mul); return a * b;
  }
}

bool is_binary(Op op) {
  return op == Op::I32Add || op == Op::I32Sub || op == Op::I32Mul || op == Op::I64Add ||
         op == Op::I64Sub || op == Op::I64Mul;
}

}  // namespace

Result<VmGlobal> evaluate(Instance& instance, const ConstExpr& expr) {
  // Nearly every expression is one constant: programs come with 100,000 segments.
  if (expr.instrs.size() == 1 && expr.instrs[0].op == Op::I32Const)
    return VmGlobal{static_cast<uint32_t>(expr.instrs[0].bits), 0};
  VmGlobal first;
  std::vector<VmGlobal> rest;
  size_t height = 0;
  const auto push = [&](VmGlobal value) {
    if (height++ == 0)
      first = value;
    else
      rest.push_back(value);
  };
  const auto pop = [&] {
    if (--height == 0) return first;
    const VmGlobal value = rest.back();
    rest.pop_back();
    return value;
  };
  for (const ConstInstr& instr : expr.instrs) {
    switch (instr.op) {
      case Op::I32Const:
      case Op::F32Const: push({static_cast<uint32_t>(instr.bits), 0}); break;
      case Op::I64Const:
      case Op::F64Const: push({instr.bits, 0}); break;
      case Op::V128Const: push({instr.bits, instr.bits_high}); break;
      case Op::RefNull: push({}); break;
      case Op::RefFunc:
        push({reinterpret_cast<uint64_t>(instance.func(instr.index).ref()), 0});
        break;
      case Op::GlobalGet: push(*instance.global(instr.index)->vm()); break;
      default: {
        if (!is_binary(instr.op))
          return fail(ErrorCode::UnsupportedInstruction, expr.offset,
                      static_cast<uint64_t>(instr.op));
        const uint64_t b = pop().low;
        const uint64_t a = pop().low;
        push({binary(instr.op, a, b), 0});
      }
    }
  }
  assert(height == 1);
  return first;
}

}  // namespace skerry::runtime
