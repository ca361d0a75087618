// FunctionWriter, the mirror of function_reader.h: each Imm is written as it is read there.
#include "binary/function_writer.h"

namespace skerry {

void append_heap_type(std::vector<uint8_t>& out, HeapType type) {
  if (type.is_concrete())
    append_s64_leb(out, type.type_index());
  else
    out.push_back(type.abstract());
}

void append_val_type(std::vector<uint8_t>& out, ValType type) {
  switch (type.kind()) {
    case ValType::I32: out.push_back(0x7f); return;
    case ValType::I64: out.push_back(0x7e); return;
    case ValType::F32: out.push_back(0x7d); return;
    case ValType::F64: out.push_back(0x7c); return;
    case ValType::V128: out.push_back(0x7b); return;
    case ValType::I8: out.push_back(0x78); return;
    case ValType::I16: out.push_back(0x77); return;
    case ValType::Ref: break;
    case ValType::Bottom: assert(false && "bottom has no encoding"); return;
  }
  if (!type.is_nullable() || type.heap().is_concrete())
    out.push_back(type.is_nullable() ? 0x63 : 0x64);
  append_heap_type(out, type.heap());
}

void append_bytes(std::vector<uint8_t>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_sized(std::vector<uint8_t>& out, Bytes bytes) {
  append_u64_leb(out, bytes.size());
  append_bytes(out, bytes);
}

void append_name(std::vector<uint8_t>& out, std::string_view name) {
  append_sized(out, Bytes(reinterpret_cast<const uint8_t*>(name.data()), name.size()));
}

void FunctionWriter::op(Op op) {
  const OpInfo& row = info(op);
  if (row.prefix == 0) {
    out_.push_back(static_cast<uint8_t>(row.code));
  } else {
    out_.push_back(row.prefix);
    u32(row.code);
  }
}

void FunctionWriter::block_type(const BlockType& block) {
  switch (block.kind) {
    case BlockType::Empty: byte(0x40); return;
    case BlockType::Value: val_type(block.value); return;
    case BlockType::TypeIndex: i64(block.type_index); return;
  }
}

void FunctionWriter::mem_arg(const MemArg& mem) {
  u32(mem.align_log2 | (mem.memory != 0 ? 0x40u : 0u));
  if (mem.memory != 0) u32(mem.memory);
  u64(mem.offset);
}

void FunctionWriter::catch_clause(const CatchClause& clause) {
  byte(static_cast<uint8_t>(clause.kind));
  if (clause.kind <= CatchKind::CatchRef) u32(clause.tag);
  u32(clause.label);
}

void FunctionWriter::instr(const Instr& instr) {
  op(instr.op);
  switch (instr.row().imm) {
    case Imm::None: return;
    case Imm::Block: return block_type(instr.block);
    case Imm::Label:
    case Imm::Func:
    case Imm::Type:
    case Imm::Tag:
    case Imm::Local:
    case Imm::Global:
    case Imm::Table:
    case Imm::Elem:
    case Imm::Data:
    case Imm::Memory: return u32(instr.index);
    case Imm::TypeTable:
    case Imm::MemoryMemory:
    case Imm::DataMemory:
    case Imm::ElemTable:
    case Imm::TableTable:
    case Imm::TypeField:
    case Imm::TypeLength:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeType: u32(instr.index); return u32(instr.index2);
    // Lists stay as they were read: their elements are not numbers of one width.
    case Imm::TryTable: block_type(instr.block); [[fallthrough]];
    case Imm::LabelTable:
    case Imm::ValTypes:
      u32(instr.count);
      return append_bytes(out_, Bytes(instr.operand, instr.operand_bytes));
    case Imm::MemArg: return mem_arg(instr.mem);
    case Imm::MemArgLane: mem_arg(instr.mem); return byte(instr.lane);
    case Imm::Lane:
    case Imm::Fence: return byte(instr.lane);
    case Imm::Shuffle:
    case Imm::V128: return bytes16(instr.operand);
    case Imm::I32: return i32(static_cast<int32_t>(instr.value));
    case Imm::I64: return i64(static_cast<int64_t>(instr.value));
    case Imm::F32: return f32(static_cast<uint32_t>(instr.value));
    case Imm::F64: return f64(instr.value);
    case Imm::HeapType: return heap_type(instr.heap);
    case Imm::BrOnCast:
      byte(instr.cast_flags);
      u32(instr.index);
      heap_type(instr.heap);
      return heap_type(instr.heap2);
  }
}

}  // namespace skerry
