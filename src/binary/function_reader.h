// FunctionReader: the one decoder of instruction sequences. A pull reader: next() decodes one
// opcode with its immediates, as its row in opcodes.def says, into an Instr; consumers switch on
// the shape. Two flavours: kChecked reads untrusted bytes and reports errors; unchecked reads bytes
// that validate() has accepted, and asserts instead. Not here: types, or any rule of validation
// that needs context.
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
  Imm imm = Imm::None;
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
  BlockType block;   // Block, TryTable
  HeapType heap;     // HeapType; BrOnCast: source
  HeapType heap2;    // BrOnCast: target
  ValType val_type;  // ValTypes with count 1: the type
  const uint8_t* operand =
      nullptr;                 // LabelTable: first target (LEB128s; the default follows the last);
                               // V128, Shuffle: 16 bytes; ValTypes, TryTable: the list's first byte
  uint32_t operand_bytes = 0;  // LabelTable (default included), ValTypes, TryTable: the list's size
  const uint8_t* begin = nullptr;  // first byte of the opcode

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
    if (!next_op(out)) return false;
    // What nearly all instructions have is read here, the rest out of line.
    switch (out.imm) {
      case Imm::None: return true;
      case Imm::Local: return read<Imm::Local>(out);
      case Imm::MemArg: return read<Imm::MemArg>(out);
      case Imm::I32: return read<Imm::I32>(out);
      default: return read_immediates(out);
    }
  }

  // next() in two steps, for loops that dispatch on the shape before the immediates are read:
  // next_op() reads the opcode (out.begin, op, shape, imm), read<imm>() the immediates; imm must be
  // the row's.
  [[nodiscard, gnu::always_inline]] bool next_op(Instr& out) {
    const uint8_t* p = in_.pos();
    out.begin = p;
    if (kChecked && in_.at_end()) [[unlikely]]
      return set_error(ErrorCode::UnexpectedEnd, p);
    assert(!in_.at_end());
    const OpEntry* entry = &kPlainOps[*p];
    in_.set_pos(p + 1);
    if (!entry->is_known) [[unlikely]] {
      entry = read_prefixed(*p);
      if (entry == nullptr) return set_illegal(p);
    }
    out.op = entry->op;
    out.shape = entry->shape;
    out.imm = entry->imm;
    if (kChecked && !features_.has(entry->feature)) [[unlikely]]
      return set_disabled(entry->feature, p);
    return true;
  }
  template <Imm kImm>
  [[nodiscard, gnu::always_inline]] bool read(Instr& out);

  // Walks the targets of a LabelTable instruction: f(depth) for each, the default last.
  template <class F>
  static void for_each_target(const Instr& instr, F&& f) {
    const uint8_t* p = instr.operand;
    for (uint64_t i = 0; i <= instr.count; ++i) f(read_leb_unchecked(p));
  }
  // Walks the clauses of a TryTable instruction.
  template <class F>
  static void for_each_catch(const Instr& instr, F&& f) {
    const uint8_t* p = instr.operand;
    for (uint32_t i = 0; i < instr.count; ++i) {
      CatchClause clause;
      clause.kind = static_cast<CatchKind>(*p++);
      if (clause.kind <= CatchKind::CatchRef) clause.tag = read_leb_unchecked(p);
      clause.label = read_leb_unchecked(p);
      f(clause);
    }
  }

  // Reads a LEB128 that was read before without error, advancing p.
  template <class T = uint32_t>
  static T read_leb_unchecked(const uint8_t*& p) {
    T value = *p & 0x7f;
    for (unsigned shift = 7; *p++ & 0x80; shift += 7) value |= static_cast<T>(*p & 0x7f) << shift;
    return value;
  }
  // The same, signed; sign-extended from however many bits it was written with.
  static uint64_t read_signed_unchecked(const uint8_t*& p) {
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
      byte = *p++;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    if (shift < 64 && (byte & 0x40)) value |= ~uint64_t{0} << shift;
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
  // Most numbers take one byte or two: those are read here, the rest out of line.
  [[gnu::always_inline]] bool get_u32(uint32_t& out) {
    const uint8_t* p = in_.pos();
    if constexpr (!kChecked) {
      out = read_leb_unchecked(p);
      in_.set_pos(p);
      return true;
    } else {
      const size_t left = in_.remaining();
      if (left >= 1 && p[0] < 0x80) [[likely]] {
        out = p[0];
        in_.set_pos(p + 1);
        return true;
      }
      if (left >= 2 && p[1] < 0x80) [[likely]] {
        out = (p[0] & 0x7fu) | static_cast<uint32_t>(p[1]) << 7;
        in_.set_pos(p + 2);
        return true;
      }
      return get_u32_slow(out);
    }
  }
  [[gnu::noinline]] bool get_u32_slow(uint32_t& out) { return get(in_.u32(), out); }
  template <class T>
  [[gnu::always_inline]] bool get_signed(uint64_t& out) {
    const uint8_t* p = in_.pos();
    if constexpr (!kChecked) {
      out = read_signed_unchecked(p);
      in_.set_pos(p);
      return true;
    }
    if (!in_.at_end() && p[0] < 0x80) [[likely]] {
      out = static_cast<uint64_t>(static_cast<int64_t>(static_cast<uint64_t>(p[0]) << 57) >> 57);
      in_.set_pos(p + 1);
      return true;
    }
    return get_signed_slow<T>(out);
  }
  template <class T>
  [[gnu::noinline]] bool get_signed_slow(uint64_t& out) {
    int64_t value;
    if constexpr (sizeof(T) == 4) {
      if (!get(in_.s32(), value)) return false;
    } else {
      if (!get(in_.s64(), value)) return false;
    }
    out = static_cast<uint64_t>(value);
    return true;
  }

  bool set_error(ErrorCode code, const uint8_t* at) {
    error_ = Error{code, offset_of(at)};
    return false;
  }
  [[gnu::noinline]] bool set_disabled(Feature feature, const uint8_t* at) {
    set_error(ErrorCode::FeatureDisabled, at);
    error_.a = static_cast<uint64_t>(feature);
    return false;
  }
  // After read_prefixed() failed: its own error, or that there is no such opcode.
  [[gnu::noinline]] bool set_illegal(const uint8_t* at) {
    if (error_.position == kNoPosition) set_error(ErrorCode::IllegalOpcode, at);
    return false;
  }
  // Of an opcode that kPlainOps does not know, whose first byte has been read. Null: there is none.
  [[gnu::noinline]] const OpEntry* read_prefixed(uint8_t prefix) {
    if (!is_prefix(prefix)) return nullptr;
    uint32_t code;
    if (!get_u32(code)) return nullptr;
    const auto table = prefixed_ops(prefix);
    return code < table.size() && table[code].is_known ? &table[code] : nullptr;
  }

  bool read_immediates(Instr& out);
  bool read_block_type(BlockType& block);
  [[gnu::always_inline]] bool read_mem_arg(MemArg& mem);
  bool read_memory_index(MemArg& mem);
  bool read_label_table(Instr& out);
  bool read_val_types(Instr& out);
  bool read_catches(Instr& out);
  bool read_br_on_cast(Instr& out);
  bool read_memory_operand(Instr& out);
  bool read_table_operand(Instr& out);
  bool read_lanes(Instr& out) {
    Bytes lanes;
    if (!get(in_.bytes(16), lanes)) return set_error(ErrorCode::UnexpectedEnd, in_.pos());
    out.operand = lanes.data();
    return true;
  }
  void end_operand(Instr& out) {
    out.operand_bytes = static_cast<uint32_t>(in_.pos() - out.operand);
  }

  ByteReader in_;
  Features features_;
  const uint8_t* begin_;
  uint64_t origin_;
  Error error_;
};

// Which Imm reads which fields of Instr; the one place that says so.
template <bool kChecked>
template <Imm kImm>
inline bool BasicFunctionReader<kChecked>::read(Instr& out) {
  using enum Imm;
  if constexpr (kImm == None) {
    return true;
  } else if constexpr (kImm == Imm::Block) {
    return read_block_type(out.block);
  } else if constexpr (kImm == Label || kImm == Func || kImm == Type || kImm == Tag ||
                       kImm == Local || kImm == Global || kImm == Table || kImm == Elem ||
                       kImm == Data) {
    return get_u32(out.index);
  } else if constexpr (kImm == Memory) {
    return read_memory_operand(out);
  } else if constexpr (kImm == TypeTable) {
    return read_table_operand(out);
  } else if constexpr (kImm == MemoryMemory || kImm == DataMemory || kImm == ElemTable ||
                       kImm == TableTable || kImm == TypeField || kImm == TypeLength ||
                       kImm == TypeData || kImm == TypeElem || kImm == TypeType) {
    return get_u32(out.index) && get_u32(out.index2);
  } else if constexpr (kImm == LabelTable) {
    return read_label_table(out);
  } else if constexpr (kImm == ValTypes) {
    return read_val_types(out);
  } else if constexpr (kImm == Imm::TryTable) {
    return read_block_type(out.block) && read_catches(out);
  } else if constexpr (kImm == Imm::MemArg) {
    return read_mem_arg(out.mem);
  } else if constexpr (kImm == MemArgLane) {
    return read_mem_arg(out.mem) && get(in_.u8(), out.lane);
  } else if constexpr (kImm == Lane) {
    return get(in_.u8(), out.lane);
  } else if constexpr (kImm == Fence) {
    if (!get(in_.u8(), out.lane)) return false;
    if (kChecked && out.lane != 0) return set_error(ErrorCode::ZeroByteExpected, in_.pos() - 1);
    return true;
  } else if constexpr (kImm == Imm::Shuffle || kImm == V128) {
    return read_lanes(out);
  } else if constexpr (kImm == I32) {
    return get_signed<int32_t>(out.value);
  } else if constexpr (kImm == I64) {
    return get_signed<int64_t>(out.value);
  } else if constexpr (kImm == F32) {
    return get(in_.fixed_u32(), out.value);
  } else if constexpr (kImm == F64) {
    return get(in_.fixed_u64(), out.value);
  } else if constexpr (kImm == Imm::HeapType) {
    return get(read_heap_type(in_, features_), out.heap);
  } else {
    static_assert(kImm == Imm::BrOnCast);
    return read_br_on_cast(out);
  }
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_immediates(Instr& out) {
  switch (out.imm) {
#define READ_CASE(name) \
  case Imm::name: return read<Imm::name>(out);
    // clang-format off: it takes the list for an expression
    READ_CASE(None) READ_CASE(Block) READ_CASE(Label) READ_CASE(LabelTable) READ_CASE(Func)
    READ_CASE(TypeTable) READ_CASE(Type) READ_CASE(ValTypes) READ_CASE(TryTable) READ_CASE(Tag)
    READ_CASE(Local) READ_CASE(Global) READ_CASE(Table) READ_CASE(Elem) READ_CASE(Data)
    READ_CASE(Memory) READ_CASE(MemoryMemory) READ_CASE(DataMemory) READ_CASE(ElemTable)
    READ_CASE(TableTable) READ_CASE(MemArg) READ_CASE(MemArgLane) READ_CASE(Lane) READ_CASE(Shuffle)
    READ_CASE(I32) READ_CASE(I64) READ_CASE(F32) READ_CASE(F64) READ_CASE(V128) READ_CASE(HeapType)
    READ_CASE(TypeField) READ_CASE(TypeLength) READ_CASE(TypeData) READ_CASE(TypeElem)
    READ_CASE(TypeType) READ_CASE(BrOnCast) READ_CASE(Fence)
    // clang-format on
#undef READ_CASE
  }
  return true;
}

// memory.size, memory.grow, memory.fill: without multi-memory the index is a reserved zero byte.
template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_memory_operand(Instr& out) {
  if (!kChecked || features_.has(Feature::MultiMemory)) return get_u32(out.index);
  uint8_t reserved;
  if (!get(in_.u8(), reserved)) return false;
  out.index = 0;
  return reserved == 0 || set_error(ErrorCode::ZeroByteExpected, in_.pos() - 1);
}

// call_indirect: without reference types the table index is a reserved zero byte.
template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_table_operand(Instr& out) {
  if (!get_u32(out.index)) return false;
  if (!kChecked || features_.has(Feature::ReferenceTypes)) return get_u32(out.index2);
  uint8_t reserved;
  if (!get(in_.u8(), reserved)) return false;
  out.index2 = 0;
  return reserved == 0 || set_error(ErrorCode::ZeroByteExpected, in_.pos() - 1);
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_label_table(Instr& out) {
  if (!get_u32(out.count)) return false;
  out.operand = in_.pos();
  // Each target takes at least one byte: a count beyond the body ends in an error, not in memory.
  for (uint64_t i = 0; i <= out.count; ++i) {
    uint32_t depth;
    if (!get_u32(depth)) return false;
  }
  end_operand(out);
  return true;
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_val_types(Instr& out) {
  if (!get_u32(out.count)) return false;
  out.operand = in_.pos();
  for (uint32_t i = 0; i < out.count; ++i)
    if (!get(read_val_type(in_, features_), out.val_type)) return false;
  end_operand(out);
  return true;
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_br_on_cast(Instr& out) {
  if (!get(in_.u8(), out.cast_flags)) return false;
  if (kChecked && out.cast_flags > 3)
    return set_error(ErrorCode::MalformedCastFlags, in_.pos() - 1);
  return get_u32(out.index) && get(read_heap_type(in_, features_), out.heap) &&
         get(read_heap_type(in_, features_), out.heap2);
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_block_type(BlockType& block) {
  if (in_.at_end()) return set_error(ErrorCode::UnexpectedEnd, in_.pos());
  const uint8_t byte = *in_.pos();
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
  const uint8_t* const begin = in_.pos();
  block.kind = BlockType::TypeIndex;
  int64_t index;
  if (!get(in_.s33(), index)) return false;
  if (kChecked && (index < 0 || !features_.has(Feature::MultiValue)))
    return set_error(ErrorCode::MalformedValType, begin);
  if (kChecked && index > HeapType::kMaxTypeIndex) return set_error(ErrorCode::UnknownType, begin);
  block.type_index = static_cast<uint32_t>(index);
  return true;
}

template <bool kChecked>
inline bool BasicFunctionReader<kChecked>::read_mem_arg(MemArg& mem) {
  mem.memory = 0;
  if (!get_u32(mem.align_log2)) return false;
  // Bit 6 says that a memory index follows (multi-memory).
  if (mem.align_log2 >= 0x20) [[unlikely]] {
    if (!read_memory_index(mem)) return false;
  }
  uint32_t offset;
  const uint8_t* p = in_.pos();
  if constexpr (!kChecked) {
    mem.offset = read_leb_unchecked<uint64_t>(p);
    in_.set_pos(p);
    return true;
  }
  if (!in_.at_end() && *p < 0x80) [[likely]] {
    mem.offset = *p;
    in_.set_pos(p + 1);
    return true;
  }
  if (kChecked && !features_.has(Feature::Memory64)) {
    if (!get_u32(offset)) return false;
    mem.offset = offset;
    return true;
  }
  return get(in_.u64(), mem.offset);
}

template <bool kChecked>
bool BasicFunctionReader<kChecked>::read_memory_index(MemArg& mem) {
  if (kChecked && (mem.align_log2 >= 0x80 || !features_.has(Feature::MultiMemory)))
    return set_error(ErrorCode::MalformedMemOpFlags, in_.pos() - 1);
  if (mem.align_log2 < 0x40) return true;
  mem.align_log2 &= 0x3f;
  return get_u32(mem.memory);
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
  end_operand(out);
  return true;
}

using CheckedFunctionReader = BasicFunctionReader<true>;
using FunctionReader = BasicFunctionReader<false>;

}  // namespace skerry
