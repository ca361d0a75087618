// FunctionReader: the one decoder of instruction sequences. A pull reader: next() decodes one opcode
// with its immediates, as its row in opcodes.def says, into an Instr; consumers switch on the shape.
// Two flavours: kChecked reads untrusted bytes and reports errors; unchecked reads bytes that
// validate() has accepted, and asserts instead.
// Not here: types, or any rule of validation that needs context.
#pragma once

#include <cassert>

#include "base/bytes.h"
#include "wasm/features.h"
#include "wasm/opcode.h"
#include "wasm/types.h"

namespace skerry {

struct BlockType {
  enum Kind : uint8_t { Empty, Value, TypeIndex };
  Kind kind = Empty;
  ValType value;            // kind Value: the one result
  uint32_t type_index = 0;  // kind TypeIndex
};

struct MemArg {
  uint64_t offset = 0;
  uint32_t memory = 0;
  uint32_t align_log2 = 0;
};

// One decoded instruction. Only the fields that the opcode's Imm names are meaningful.
struct Instr {
  Op op = Op::Unreachable;
  Shape shape = Shape::Unreachable;
  uint8_t lane = 0;        // Lane, MemArgLane; Fence: the flags byte
  uint8_t cast_flags = 0;  // BrOnCast: bit 0 source nullable, bit 1 target nullable
  // Label: depth. Func, Local, Global, Type, Tag, Table, Elem, Data, Memory: the index.
  // TypeTable: type. MemoryMemory, TableTable: destination. DataMemory: data. ElemTable: elem.
  // TypeField, TypeLength, TypeData, TypeElem: type. TypeType: destination type. BrOnCast: depth.
  uint32_t index = 0;
  // TypeTable: table. MemoryMemory, TableTable: source. DataMemory: memory. ElemTable: table.
  // TypeField: field. TypeLength: length. TypeData/TypeElem: segment. TypeType: source type.
  uint32_t index2 = 0;
  // LabelTable: number of targets without the default. ValTypes: number. TryTable: catch clauses.
  uint32_t count = 0;
  // I32 (sign-extended), I64, F32 and F64 (bits).
  uint64_t value = 0;
  MemArg mem;
  BlockType block;              // Block, TryTable
  HeapType heap;                // HeapType; BrOnCast: source
  HeapType heap2;               // BrOnCast: target
  ValType val_type;             // ValTypes with count 1: the type
  const uint8_t* operand = nullptr;  // LabelTable: first target (LEB128s; the default follows the last);
                                     // V128, Shuffle: 16 bytes; ValTypes, TryTable: the list's first byte
  const uint8_t* begin = nullptr;    // first byte of the opcode

  const OpInfo& row() const { return info(op); }
};

enum class CatchKind : uint8_t { Catch, CatchRef, CatchAll, CatchAllRef };
struct CatchClause {
  CatchKind kind = CatchKind::Catch;
  uint32_t tag = 0;  // Catch, CatchRef
  uint32_t label = 0;
};

struct LocalDecl {
  uint32_t count = 0;
  ValType type;
};

// Reads types where they occur inline; shared with the section decoder.
// s33 type indices above HeapType::kMaxTypeIndex are UnknownType errors.
Result<ValType> read_val_type(ByteReader& in, Features features);
Result<ValType> read_ref_type(ByteReader& in, Features features);
Result<HeapType> read_heap_type(ByteReader& in, Features features);

template <bool kChecked>
class BasicFunctionReader {
 public:
  BasicFunctionReader(Bytes code, uint64_t origin, Features features)
      : in_(code, origin), features_(features), begin_(code.data()), origin_(origin) {}

  bool at_end() const { return in_.at_end(); }
  // Module offset of the next byte / of a byte of this body.
  uint64_t offset() const { return in_.offset(); }
  uint64_t offset_of(const uint8_t* byte) const {
    return origin_ + static_cast<uint64_t>(byte - begin_);
  }
  const uint8_t* pos() const { return in_.pos(); }
  void set_pos(const uint8_t* pos) { in_.set_pos(pos); }
  // The next opcode byte, without consuming it; 0x0b (end) stands for "nothing left".
  uint8_t peek() const { return in_.at_end() ? 0x0b : *in_.pos(); }
  const Error& error() const { return error_; }
  ByteReader& raw() { return in_; }

  // Number of local declaration groups, then each; call before the first next().
  bool read_local_group_count(uint32_t& count) { return get_u32(count); }
  bool read_local_group(LocalDecl& decl) {
    if (!get_u32(decl.count)) return false;
    return get(read_val_type(in_, features_), decl.type);
  }

  // False: error() says why (kChecked only; an unchecked reader always succeeds).
  [[nodiscard]] bool next(Instr& out) {
    out.begin = in_.pos();
    uint8_t byte;
    if (!get(in_.u8(), byte)) return false;
    uint16_t number;
    if (is_prefix(byte)) [[unlikely]] {
      uint32_t code;
      if (!get_u32(code)) return false;
      const auto table = prefixed_ops(byte);
      number = code < table.size() ? table[code] : kNoOp;
    } else {
      number = kPlainOps[byte];
    }
    if (kChecked && number == kNoOp) [[unlikely]]
      return set_error(ErrorCode::IllegalOpcode, out.begin);
    assert(number != kNoOp);
    out.op = static_cast<Op>(number);
    const OpInfo& row = kOpInfos[number];
    out.shape = row.shape;
    if (kChecked && !features_.has(row.feature)) [[unlikely]] {
      set_error(ErrorCode::FeatureDisabled, out.begin);
      error_.a = static_cast<uint64_t>(row.feature);
      return false;
    }
    return read_immediates(row.imm, out);
  }

  // Walks the targets of a LabelTable instruction: f(depth) for each, the default last.
  template <class F>
  void for_each_target(const Instr& instr, F&& f) const {
    const uint8_t* p = instr.operand;
    for (uint32_t i = 0; i <= instr.count; ++i) f(read_leb_unchecked(p));
  }
  // Walks the clauses of a TryTable instruction.
  template <class F>
  void for_each_catch(const Instr& instr, F&& f) const {
    const uint8_t* p = instr.operand;
    for (uint32_t i = 0; i < instr.count; ++i) {
      CatchClause clause;
      clause.kind = static_cast<CatchKind>(*p++);
      if (clause.kind <= CatchKind::CatchRef) clause.tag = read_leb_unchecked(p);
      clause.label = read_leb_unchecked(p);
      f(clause);
    }
  }

  // Reads a u32 LEB128 that was read before without error, advancing p.
  static uint32_t read_leb_unchecked(const uint8_t*& p) {
    uint32_t value = *p & 0x7f;
    for (unsigned shift = 7; *p++ & 0x80; shift += 7)
      value |= static_cast<uint32_t>(*p & 0x7f) << shift;
    return value;
  }

 private:
  template <class T, class U>
  bool get(Result<T>&& result, U& out) {
    if (kChecked && !result) [[unlikely]] {
      error_ = result.error();
      return false;
    }
    assert(result);
    out = *result;
    return true;
  }
  bool get_u32(uint32_t& out) {
    if constexpr (!kChecked) {
      const uint8_t* p = in_.pos();
      out = read_leb_unchecked(p);
      in_.set_pos(p);
      return true;
    } else {
      return get(in_.u32(), out);
    }
  }
  bool set_error(ErrorCode code, const uint8_t* at) {
    error_ = Error{code, offset_of(at)};
    return false;
  }

  bool read_immediates(Imm imm, Instr& out);
  bool read_block_type(BlockType& block);
  bool read_mem_arg(MemArg& mem);
  bool read_catches(Instr& out);
  bool read_lanes(Instr& out) {
    Bytes lanes;
    if (!get(in_.bytes(16), lanes)) return set_error(ErrorCode::UnexpectedEnd, in_.pos());
    out.operand = lanes.data();
    return true;
  }

  ByteReader in_;
  Features features_;
  const uint8_t* begin_;
  uint64_t origin_;
  Error error_;
};

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_immediates(Imm imm, Instr& out) {
  switch (imm) {
    case Imm::None: return true;
    case Imm::Block: return read_block_type(out.block);
    case Imm::Label: case Imm::Func: case Imm::Type: case Imm::Tag: case Imm::Local: case Imm::Global:
    case Imm::Table: case Imm::Elem: case Imm::Data:
      return get_u32(out.index);
    case Imm::Memory:
      if (!get_u32(out.index)) return false;
      if (kChecked && out.index != 0 && !features_.has(Feature::MultiMemory))
        return set_error(ErrorCode::ZeroByteExpected, in_.pos() - 1);
      return true;
    case Imm::TypeTable: case Imm::MemoryMemory: case Imm::DataMemory: case Imm::ElemTable:
    case Imm::TableTable: case Imm::TypeField: case Imm::TypeLength: case Imm::TypeData:
    case Imm::TypeElem: case Imm::TypeType:
      return get_u32(out.index) && get_u32(out.index2);
    case Imm::LabelTable: {
      if (!get_u32(out.count)) return false;
      out.operand = in_.pos();
      // Each target takes at least one byte: a count beyond the body ends in an error, not in memory.
      for (uint32_t i = 0; i <= out.count; ++i) {
        uint32_t depth;
        if (!get_u32(depth)) return false;
        if (i == UINT32_MAX) break;
      }
      return true;
    }
    case Imm::ValTypes: {
      if (!get_u32(out.count)) return false;
      out.operand = in_.pos();
      for (uint32_t i = 0; i < out.count; ++i)
        if (!get(read_val_type(in_, features_), out.val_type)) return false;
      return true;
    }
    case Imm::TryTable: return read_block_type(out.block) && read_catches(out);
    case Imm::MemArg: return read_mem_arg(out.mem);
    case Imm::MemArgLane: return read_mem_arg(out.mem) && get(in_.u8(), out.lane);
    case Imm::Lane: case Imm::Fence:
      if (!get(in_.u8(), out.lane)) return false;
      if (kChecked && imm == Imm::Fence && out.lane != 0)
        return set_error(ErrorCode::ZeroByteExpected, in_.pos() - 1);
      return true;
    case Imm::Shuffle: return read_lanes(out);
    case Imm::V128: return read_lanes(out);
    case Imm::I32: {
      int32_t value;
      if (!get(in_.s32(), value)) return false;
      out.value = static_cast<uint64_t>(static_cast<int64_t>(value));
      return true;
    }
    case Imm::I64: return get(in_.s64(), out.value);
    case Imm::F32: return get(in_.fixed_u32(), out.value);
    case Imm::F64: return get(in_.fixed_u64(), out.value);
    case Imm::HeapType: return get(read_heap_type(in_, features_), out.heap);
    case Imm::BrOnCast:
      if (!get(in_.u8(), out.cast_flags)) return false;
      if (kChecked && out.cast_flags > 3) return set_error(ErrorCode::MalformedCatch, in_.pos() - 1);
      return get_u32(out.index) && get(read_heap_type(in_, features_), out.heap) &&
             get(read_heap_type(in_, features_), out.heap2);
  }
  return true;
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_block_type(BlockType& block) {
  const uint8_t byte = peek();
  if (byte == 0x40) [[likely]] {
    block.kind = BlockType::Empty;
    in_.set_pos(in_.pos() + 1);
    return true;
  }
  // Value types are negative single-byte s33 numbers; type indices are not negative.
  if ((byte & 0xc0) == 0x40) {
    block.kind = BlockType::Value;
    return get(read_val_type(in_, features_), block.value);
  }
  block.kind = BlockType::TypeIndex;
  int64_t index;
  if (!get(in_.s33(), index)) return false;
  if (kChecked && (index < 0 || index > HeapType::kMaxTypeIndex))
    return set_error(index < 0 ? ErrorCode::MalformedValType : ErrorCode::UnknownType, in_.pos());
  if (kChecked && !features_.has(Feature::MultiValue))
    return set_error(ErrorCode::FeatureDisabled, in_.pos());
  block.type_index = static_cast<uint32_t>(index);
  return true;
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_mem_arg(MemArg& mem) {
  uint32_t flags;
  if (!get_u32(flags)) return false;
  // Bit 6 says that a memory index follows (multi-memory).
  mem.memory = 0;
  if (flags >= 0x40) [[unlikely]] {
    if (kChecked && (flags >= 0x80 || !features_.has(Feature::MultiMemory)))
      return set_error(ErrorCode::MalformedMemOpFlags, in_.pos() - 1);
    if (!get_u32(mem.memory)) return false;
  }
  mem.align_log2 = flags & 0x3f;
  return get(in_.u64(), mem.offset);
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_catches(Instr& out) {
  if (!get_u32(out.count)) return false;
  out.operand = in_.pos();
  for (uint32_t i = 0; i < out.count; ++i) {
    uint8_t kind;
    uint32_t index;
    if (!get(in_.u8(), kind)) return false;
    if (kChecked && kind > 3) return set_error(ErrorCode::MalformedCatch, in_.pos() - 1);
    if (kind <= 1 && !get_u32(index)) return false;
    if (!get_u32(index)) return false;
  }
  return true;
}

using CheckedFunctionReader = BasicFunctionReader<true>;
using FunctionReader = BasicFunctionReader<false>;

}  // namespace skerry
