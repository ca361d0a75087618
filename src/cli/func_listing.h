// FuncListing: one func as `skerry inspect --disasm` shows it, its WebAssembly beside the machine
// code made of it. The machine code stands in its own order; each stretch of it below the
// instruction that it was made from, which in optimised code may come up more than once. Not here:
// choosing the func, compiling, or decoding instructions.
// Invariant: every WebAssembly instruction and every byte of the code is shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "code/code.h"
#include "code/disassembler.h"
#include "embed/func_names.h"
#include "text/print.h"
#include "wasm/module.h"

namespace skerry::cli {

class FuncListing {
 public:
  // `lines`: the func's instructions. All must outlive the listing.
  FuncListing(const Module& module, const ContextLayout& layout,
              const std::vector<text::InstrLine>& lines, const FuncCode& code,
              const CodeOrigins& origins, Disassembler& disassembler);
  std::string text();

 private:
  static constexpr size_t kNoLine = SIZE_MAX;

  // Code of one origin.
  struct Stretch {
    uint32_t begin = 0, end = 0;
    size_t line = kNoLine;  // in lines_
    CodePart part = CodePart::Instruction;
    bool operator==(const Stretch&) const = default;
  };
  size_t line_at(uint32_t module_offset) const;
  void read_stretches(const CodeOrigins& origins);
  void write_head(const Stretch& stretch);
  void write_lines(size_t begin, size_t end);
  void write_code(const Stretch& stretch);
  void write_data(const Stretch& stretch);
  std::string remark_on(std::string_view instr, uint32_t end, CodePart part) const;

  const embed::FuncNames names_;
  std::unordered_map<uint32_t, uint32_t> funcs_;  // by where the context holds their entries
  const std::vector<text::InstrLine>& lines_;
  const FuncCode& code_;
  Disassembler& disassembler_;
  std::vector<Stretch> stretches_;
  std::vector<bool> is_shown_;  // by line
  size_t last_coded_ = 0;       // the last line that code was made from
  size_t shown_last_ = kNoLine;
  int offset_digits_ = 1;
  std::string out_;
};

}  // namespace skerry::cli
