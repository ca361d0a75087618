// Opcodes as values: the enum and the array made from opcodes.def, and look-up by encoding.
// Op is dense (row number), so that tables indexed by Op are small.
// Not here: immediates' values (binary/function_reader.h) or what an opcode does.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "wasm/features.h"

namespace skerry {

enum class Op : uint16_t {
#define OP(name, prefix, code, text, imm, sig, width, feature, trap, shape) name,
#include "wasm/opcodes.def"
#undef OP
};

// clang-format off: lists read best with their groups on a line
// What follows the opcode in the binary format; function_reader.h says where each lands in Instr.
enum class Imm : uint8_t {
  None, Block, Label, LabelTable, Func, TypeTable, Type, ValTypes, TryTable, Tag, Local, Global, Table,
  Elem, Data, Memory, MemoryMemory, DataMemory, ElemTable, TableTable, MemArg, MemArgLane, Lane, Shuffle,
  I32, I64, F32, F64, V128, HeapType, TypeField, TypeLength, TypeData, TypeElem, TypeType, BrOnCast, Fence,
};

// Which check an opcode may fail; None means it cannot trap.
enum class TrapClass : uint8_t {
  None, Unreachable, Call, MemoryOob, TableOob, ArrayOob, Div, Trunc, NullReference, Cast, Throw,
};

// How a stage treats an opcode: stages switch on this, not on the opcode.
enum class Shape : uint8_t {
  // Control.
  Unreachable, Nop, Block, Loop, If, Else, End, Br, BrIf, BrTable, Return, Throw, ThrowRef, TryTable,
  BrOnNull, BrOnNonNull, BrOnCast,
  Call, CallIndirect, CallRef, ReturnCall, ReturnCallIndirect, ReturnCallRef,
  // Parametric and variables.
  Drop, Select, SelectTyped, LocalGet, LocalSet, LocalTee, GlobalGet, GlobalSet,
  // Typed by their row's signature alone: the validator needs no rule for them.
  Const, Unary, Binary, Compare, Ternary, Shift, Shuffle, ExtractLane, ReplaceLane,
  // Memory.
  Load, Store, LoadLane, StoreLane, MemorySize, MemoryGrow, MemoryInit, MemoryCopy, MemoryFill, DataDrop,
  AtomicLoad, AtomicStore, AtomicRmw, AtomicCmpxchg, AtomicNotify, AtomicWait, AtomicFence,
  // Tables.
  TableGet, TableSet, TableSize, TableGrow, TableFill, TableCopy, TableInit, ElemDrop,
  // References and GC.
  RefNull, RefIsNull, RefFunc, RefEq, RefAsNonNull, RefI31, I31Get, RefTest, RefCast,
  StructNew, StructNewDefault, StructGet, StructSet,
  ArrayNew, ArrayNewDefault, ArrayNewFixed, ArrayNewData, ArrayNewElem, ArrayGet, ArraySet, ArrayLen,
  ArrayFill, ArrayCopy, ArrayInitData, ArrayInitElem, AnyConvertExtern, ExternConvertAny,
};

// clang-format on
// Whether an `end` of its own belongs to it.
constexpr bool opens_block(Shape shape) {
  return shape == Shape::Block || shape == Shape::Loop || shape == Shape::If ||
         shape == Shape::TryTable;
}

struct OpInfo {
  std::string_view name;  // enumerator
  std::string_view text;  // keyword in the text format
  std::string_view signature;
  uint16_t code;  // after the prefix
  uint8_t prefix;
  Imm imm;
  uint8_t width_log2;  // bytes a memory access touches
  Feature feature;
  TrapClass trap;
  Shape shape;
};

inline constexpr auto kOpInfos = std::to_array<OpInfo>({
#define OP(name, prefix, code, text, imm, sig, width, feature, trap, shape)            \
  {#name,           text,        sig, code, prefix, Imm::imm, width, Feature::feature, \
   TrapClass::trap, Shape::shape},
#include "wasm/opcodes.def"
#undef OP
});
inline constexpr size_t kOpCount = kOpInfos.size();

constexpr const OpInfo& info(Op op) { return kOpInfos[static_cast<size_t>(op)]; }

// Operand and result types of a row whose signature is not empty: characters before and after ':'.
constexpr std::string_view operands(const OpInfo& row) {
  const size_t colon = row.signature.find(':');
  return colon == std::string_view::npos ? std::string_view() : row.signature.substr(0, colon);
}
constexpr std::string_view results(const OpInfo& row) {
  const size_t colon = row.signature.find(':');
  return colon == std::string_view::npos ? std::string_view() : row.signature.substr(colon + 1);
}

// What a decoder needs of a row, packed: the rows themselves would crowd the first-level cache.
struct OpEntry {
  Op op = Op::Unreachable;
  Imm imm = Imm::None;
  Shape shape = Shape::Unreachable;
  Feature feature = Feature::Mvp;
  bool is_known = false;  // false: no opcode has that encoding
};

namespace detail {
template <size_t kSize>
constexpr std::array<OpEntry, kSize> make_op_table(uint8_t prefix) {
  std::array<OpEntry, kSize> table{};
  for (size_t i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOpInfos[i];
    if (row.prefix == prefix)
      table[row.code] = {static_cast<Op>(i), row.imm, row.shape, row.feature, true};
  }
  return table;
}
constexpr bool ops_are_sorted() {
  for (size_t i = 1; i < kOpCount; ++i) {
    const OpInfo& a = kOpInfos[i - 1];
    const OpInfo& b = kOpInfos[i];
    if (a.prefix > b.prefix || (a.prefix == b.prefix && a.code >= b.code)) return false;
  }
  return true;
}
}  // namespace detail

static_assert(detail::ops_are_sorted(), "opcodes.def must be sorted by prefix and code");

// By code, one table a prefix.
inline constexpr auto kPlainOps = detail::make_op_table<256>(0x00);
inline constexpr auto kGcOps = detail::make_op_table<32>(0xfb);
inline constexpr auto kMiscOps = detail::make_op_table<32>(0xfc);
inline constexpr auto kSimdOps = detail::make_op_table<0x120>(0xfd);
inline constexpr auto kThreadOps = detail::make_op_table<0x50>(0xfe);

constexpr bool is_prefix(uint8_t byte) { return byte >= 0xfb && byte <= 0xfe; }

// The table for a prefix byte for which is_prefix() holds.
constexpr std::span<const OpEntry> prefixed_ops(uint8_t prefix) {
  switch (prefix) {
    case 0xfb: return kGcOps;
    case 0xfc: return kMiscOps;
    case 0xfd: return kSimdOps;
    default: return kThreadOps;
  }
}

}  // namespace skerry
