// A little stack machine; validation has checked types and stack heights.
#include "runtime/const_expr.h"

#include <cassert>
#include <cstring>
#include <optional>
#include <vector>

#include "binary/const_expr_reader.h"
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

// Needs no memory of its own for one value, which is all that most expressions have.
class ConstStack {
 public:
  void push(VmGlobal value) {
    if (height_++ == 0)
      first_ = value;
    else
      rest_.push_back(value);
  }
  VmGlobal pop() {
    assert(height_ > 0);
    if (--height_ == 0) return first_;
    const VmGlobal value = rest_.back();
    rest_.pop_back();
    return value;
  }

 private:
  VmGlobal first_;
  std::vector<VmGlobal> rest_;
  size_t height_ = 0;
};

VmGlobal vector_at(const uint8_t* bytes) {
  VmGlobal value;
  std::memcpy(&value.low, bytes, 8);
  std::memcpy(&value.high, bytes + 8, 8);
  return value;
}

// False if the instruction is one that does not run yet.
bool step(Instance& instance, ConstStack& stack, const Instr& instr) {
  switch (instr.op) {
    case Op::I32Const: stack.push({static_cast<uint32_t>(instr.value), 0}); return true;
    case Op::I64Const:
    case Op::F32Const:
    case Op::F64Const: stack.push({instr.value, 0}); return true;
    case Op::V128Const: stack.push(vector_at(instr.operand)); return true;
    case Op::RefNull: stack.push({}); return true;
    case Op::RefFunc:
      stack.push({reinterpret_cast<uint64_t>(instance.func(instr.index).ref()), 0});
      return true;
    case Op::GlobalGet: stack.push(*instance.global(instr.index)->vm()); return true;
    default: break;
  }
  if (!is_binary(instr.op)) return false;
  const uint64_t b = stack.pop().low;
  const uint64_t a = stack.pop().low;
  stack.push({binary(instr.op, a, b), 0});
  return true;
}

}  // namespace

Result<VmGlobal> evaluate(Instance& instance, const ConstExpr& expr) {
  if (const auto constant = single_int_const(expr)) return VmGlobal{constant->value, 0};
  ConstStack stack;
  std::optional<Op> unsupported;
  for_each_instr(expr, [&](const Instr& instr) {
    if (!unsupported && !step(instance, stack, instr)) unsupported = instr.op;
  });
  if (unsupported)
    return fail(ErrorCode::UnsupportedInstruction, expr.offset,
                static_cast<uint64_t>(*unsupported));
  return stack.pop();
}

}  // namespace skerry::runtime
