// LineTable: which Wasm instruction a place in machine code came from. Reads the line program of a
// .debug_line section (DWARF 4) that describes one sequence starting at code offset 0, where LLVM
// was told module offsets for line numbers, for columns what the code is for, and for files in
// place of which call it stands, if any. Not here: statements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "code/code.h"
#include "code/code_origin.h"

namespace skerry::llvm_tier {

// The name of the file for what stands in place of a call.
std::string file_name(const CodeSite::InPlace& in_place);

// The column of code for this.
constexpr unsigned column_of(CodePart part) { return static_cast<unsigned>(part); }

class LineTable {
 public:
  // False: not a line program as expected.
  bool read(Bytes section);
  struct Place {
    uint32_t module_offset = 0;  // 0: unknown
    std::optional<CodeSite::InPlace> in_place;
  };
  // What a code offset came from. Offsets asked for must not descend.
  Place at(uint32_t code_offset);
  // All of it. What has the line of the func itself, `body_offset`, was made from no instruction;
  // what stands in place of a call, from the call.
  void append_origins(uint32_t body_offset, CodeOrigins& origins) const;

 private:
  struct Row {
    uint32_t code_offset;
    uint32_t line;
    uint32_t column;
    uint32_t file;
  };
  const std::optional<CodeSite::InPlace>& in_place(const Row& row) const;

  std::vector<std::optional<CodeSite::InPlace>> files_;  // by number
  std::vector<Row> rows_;
  size_t next_ = 0;
};

}  // namespace skerry::llvm_tier
