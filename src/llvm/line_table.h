// LineTable: which Wasm instruction a place in machine code came from. Reads the line program of a
// .debug_line section (DWARF 4) that describes one sequence starting at code offset 0, where LLVM
// was told module offsets for line numbers. Not here: files, columns, statements.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace skerry::llvm_tier {

class LineTable {
 public:
  // False: not a line program as expected.
  bool read(Bytes section);
  // The line at a code offset; 0 if there is none. Offsets asked for must not descend.
  uint32_t line_at(uint32_t code_offset);

 private:
  struct Row {
    uint32_t code_offset;
    uint32_t line;
  };
  std::vector<Row> rows_;
  size_t next_ = 0;
};

}  // namespace skerry::llvm_tier
