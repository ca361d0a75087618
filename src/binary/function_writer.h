// FunctionWriter: appends opcodes and immediates to a buffer, in the shortest encoding; what the
// text parser and the encoder write function bodies and types with. Not here: structure. Nothing
// checks that what is written is a function body. Invariant: what append_instr() writes,
// CheckedFunctionReader reads back as an equal Instr.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "binary/function_reader.h"
#include "wasm/opcode.h"
#include "wasm/types.h"

namespace skerry {

void append_heap_type(std::vector<uint8_t>& out, HeapType type);
// Value, storage (packed) and reference types; nullable abstract references in their one-byte form.
void append_val_type(std::vector<uint8_t>& out, ValType type);
void append_bytes(std::vector<uint8_t>& out, Bytes bytes);
// Length and bytes: names, custom section names, data.
void append_sized(std::vector<uint8_t>& out, Bytes bytes);
void append_name(std::vector<uint8_t>& out, std::string_view name);

class FunctionWriter {
 public:
  explicit FunctionWriter(std::vector<uint8_t>& out) : out_(out) {}

  size_t size() const { return out_.size(); }
  std::vector<uint8_t>& out() { return out_; }

  void op(Op op);
  void byte(uint8_t value) { out_.push_back(value); }
  void u32(uint32_t value) { append_u64_leb(out_, value); }
  void u64(uint64_t value) { append_u64_leb(out_, value); }
  void i32(int32_t value) { append_s64_leb(out_, value); }
  void i64(int64_t value) { append_s64_leb(out_, value); }
  void f32(uint32_t bits) { append_fixed(out_, bits); }
  void f64(uint64_t bits) { append_fixed(out_, bits); }
  void bytes16(const uint8_t* bytes) { append_bytes(out_, Bytes(bytes, 16)); }
  void val_type(ValType type) { append_val_type(out_, type); }
  void heap_type(HeapType type) { append_heap_type(out_, type); }
  void block_type(const BlockType& block);
  void mem_arg(const MemArg& mem);
  void catch_clause(const CatchClause& clause);

  // The opcode and all immediates that its row names, from the fields that Instr documents.
  void instr(const Instr& instr);

 private:
  std::vector<uint8_t>& out_;
};

}  // namespace skerry
