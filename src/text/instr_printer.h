// InstrPrinter: types and single instructions as text, with the labels that are open.
// Not here: how instructions are arranged (print_body.cc).
// Invariant: what it appends parses back to the same instruction.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "binary/function_reader.h"
#include "text/print_names.h"
#include "wasm/module.h"

namespace skerry::text {

class InstrPrinter {
 public:
  InstrPrinter(const Module& module, PrintNames& names) : module_(module), names_(names) {}

  // Starts a function; names of locals from `local_count` on are not used.
  void begin_func(uint32_t func, uint64_t local_count);
  // Starts a constant expression.
  void begin_const() { begin_func(kNoFunc, 0); }

  std::string type_text(ValType type) const;
  std::string heap_text(HeapType type) const;
  // " (param i32 i64)", " (result i32)"; nothing for an empty list.
  std::string list_text(std::string_view word, const std::vector<ValType>& types) const;
  // " (type $t) (param i32) (result i32)".
  std::string type_use_text(uint32_t type) const;

  // Keyword and immediates. For a block also its label, which is open from then on.
  void append(std::string& out, const CheckedFunctionReader& reader, const Instr& instr);
  void close_label();
  PrintNames& names() { return names_; }
  const Module& module() const { return module_; }

 private:
  static constexpr uint32_t kNoFunc = 0xffffffff;

  void open_label(std::string& out);
  void append_block(std::string& out, const CheckedFunctionReader& reader, const Instr& instr);
  void append_immediates(std::string& out, const CheckedFunctionReader& reader, const Instr& instr);
  void append_mem_arg(std::string& out, const Instr& instr) const;
  void append_heap_immediate(std::string& out, const Instr& instr) const;
  void append_br_on_cast(std::string& out, const Instr& instr) const;
  void append_val_types(std::string& out, const Instr& instr) const;
  std::string block_type_text(const BlockType& type) const;
  std::string ref_text(HeapType heap, bool is_nullable) const;
  std::string label_text(uint32_t depth) const;
  std::string local_text(uint32_t local) const;

  const Module& module_;
  PrintNames& names_;
  uint32_t func_ = kNoFunc;
  uint64_t local_count_ = 0;
  uint32_t label_count_ = 0;                             // blocks of the function so far
  std::vector<std::optional<std::string_view>> labels_;  // identifiers, innermost last
  std::unordered_map<std::string_view, std::vector<size_t>> label_levels_;
};

}  // namespace skerry::text
