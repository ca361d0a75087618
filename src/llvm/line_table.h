// LineTable: which Wasm instruction a place in machine code came from. Reads the line program of a
// .debug_line section (DWARF 4) that describes one sequence starting at code offset 0, where LLVM
// was told module offsets for line numbers, and for columns what the code is for. Not here: files,
// statements.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "code/code_origin.h"

namespace skerry::llvm_tier {

// The column of code for this.
constexpr unsigned column_of(CodePart part) { return static_cast<unsigned>(part); }

class LineTable {
 public:
  // False: not a line program as expected.
  bool read(Bytes section);
  // The line at a code offset; 0 if there is none. Offsets asked for must not descend.
  uint32_t line_at(uint32_t code_offset);
  // All of it. What has the line of the func itself, `body_offset`, was made from no instruction.
  void append_origins(uint32_t body_offset, CodeOrigins& origins) const;

 private:
  struct Row {
    uint32_t code_offset;
    uint32_t line;
    uint32_t column;
  };
  std::vector<Row> rows_;
  size_t next_ = 0;
};

}  // namespace skerry::llvm_tier
