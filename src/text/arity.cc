// Arities by shape; only calls, branches and a few GC instructions look further.
#include "text/arity.h"

#include <array>

namespace skerry::text {
namespace {

struct ShapeArity {
  Shape shape;
  Arity arity;
};
// Shapes whose rows have no signature, but whose arity is fixed.
constexpr ShapeArity kFixedArities[] = {
    {Shape::ThrowRef, {1, 0}},
    {Shape::Drop, {1, 0}},
    {Shape::Select, {3, 1}},
    {Shape::SelectTyped, {3, 1}},
    {Shape::LocalGet, {0, 1}},
    {Shape::LocalSet, {1, 0}},
    {Shape::LocalTee, {1, 1}},
    {Shape::GlobalGet, {0, 1}},
    {Shape::GlobalSet, {1, 0}},
    {Shape::MemorySize, {0, 1}},
    {Shape::MemoryGrow, {1, 1}},
    {Shape::MemoryInit, {3, 0}},
    {Shape::MemoryCopy, {3, 0}},
    {Shape::MemoryFill, {3, 0}},
    {Shape::TableGet, {1, 1}},
    {Shape::TableSet, {2, 0}},
    {Shape::TableSize, {0, 1}},
    {Shape::TableGrow, {2, 1}},
    {Shape::TableFill, {3, 0}},
    {Shape::TableCopy, {3, 0}},
    {Shape::TableInit, {3, 0}},
    {Shape::RefNull, {0, 1}},
    {Shape::RefIsNull, {1, 1}},
    {Shape::RefFunc, {0, 1}},
    {Shape::RefEq, {2, 1}},
    {Shape::RefAsNonNull, {1, 1}},
    {Shape::RefI31, {1, 1}},
    {Shape::I31Get, {1, 1}},
    {Shape::RefTest, {1, 1}},
    {Shape::RefCast, {1, 1}},
    {Shape::StructNewDefault, {0, 1}},
    {Shape::StructGet, {1, 1}},
    {Shape::StructSet, {2, 0}},
    {Shape::ArrayNew, {2, 1}},
    {Shape::ArrayNewDefault, {1, 1}},
    {Shape::ArrayNewData, {2, 1}},
    {Shape::ArrayNewElem, {2, 1}},
    {Shape::ArrayGet, {2, 1}},
    {Shape::ArraySet, {3, 0}},
    {Shape::ArrayLen, {1, 1}},
    {Shape::ArrayFill, {4, 0}},
    {Shape::ArrayCopy, {5, 0}},
    {Shape::ArrayInitData, {4, 0}},
    {Shape::ArrayInitElem, {4, 0}},
    {Shape::AnyConvertExtern, {1, 1}},
    {Shape::ExternConvertAny, {1, 1}},
};

constexpr auto kByShape = [] {
  std::array<Arity, static_cast<size_t>(Shape::ExternConvertAny) + 1> table{};
  for (const ShapeArity& row : kFixedArities) table[static_cast<size_t>(row.shape)] = row.arity;
  return table;
}();

Arity type_arity(const Module& module, uint32_t type) {
  if (type >= module.types.size()) return {};
  const FuncType& func = module.types[type].func;
  return {static_cast<uint32_t>(func.params.size()), static_cast<uint32_t>(func.results.size())};
}

Arity call_arity(const Module& module, const Instr& instr) {
  switch (instr.shape) {
    case Shape::Call:
    case Shape::ReturnCall:
      return instr.index < module.funcs.size() ? type_arity(module, module.funcs[instr.index])
                                               : Arity{};
    default: {
      // The callee itself is the last operand.
      Arity arity = type_arity(module, instr.index);
      ++arity.operands;
      return arity;
    }
  }
}

}  // namespace

Arity block_arity(const Module& module, const BlockType& type) {
  switch (type.kind) {
    case BlockType::Empty: return {0, 0};
    case BlockType::Value: return {0, 1};
    case BlockType::TypeIndex: return type_arity(module, type.type_index);
  }
  return {};
}

Arity arity_of(const Module& module, const Instr& instr,
               std::span<const uint32_t> branch_operands) {
  const auto label = [&](uint32_t depth) {
    return depth < branch_operands.size() ? branch_operands[branch_operands.size() - 1 - depth] : 0;
  };
  const OpInfo& row = instr.row();
  if (!row.signature.empty())
    return {static_cast<uint32_t>(operands(row).size()),
            static_cast<uint32_t>(results(row).size())};
  switch (instr.shape) {
    case Shape::Br: return {label(instr.index), 0};
    case Shape::BrIf: return {label(instr.index) + 1, label(instr.index)};
    case Shape::BrTable: {
      const uint8_t* first = instr.operand;
      return {label(FunctionReader::read_leb_unchecked(first)) + 1, 0};
    }
    case Shape::BrOnNull: return {label(instr.index) + 1, label(instr.index) + 1};
    case Shape::BrOnNonNull: {
      const uint32_t count = label(instr.index);
      return {count, count == 0 ? 0 : count - 1};
    }
    case Shape::BrOnCast: return {label(instr.index), label(instr.index)};
    case Shape::Return: return {branch_operands.empty() ? 0 : branch_operands[0], 0};
    case Shape::Throw:
      return {instr.index < module.tags.size()
                  ? type_arity(module, module.tags[instr.index].type_index).operands
                  : 0,
              0};
    case Shape::Call:
    case Shape::CallIndirect:
    case Shape::CallRef: return call_arity(module, instr);
    case Shape::ReturnCall:
    case Shape::ReturnCallIndirect:
    case Shape::ReturnCallRef: return {call_arity(module, instr).operands, 0};
    case Shape::StructNew:
      return {instr.index < module.types.size()
                  ? static_cast<uint32_t>(module.types[instr.index].fields.size())
                  : 0,
              1};
    case Shape::ArrayNewFixed: return {instr.index2, 1};
    default: return kByShape[static_cast<size_t>(instr.shape)];
  }
}

}  // namespace skerry::text
