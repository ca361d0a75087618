// The header of one unit in `.debug_line`: how its line program is to be read, and its tables of
// folders and files. Private to debug_lines.cc. Not here: running the program.
// Invariant: a header that was read holds no zero that the program would divide by, and an operand
// count for every opcode below opcode_base. Tables stay bytes until a name is asked for.
// Source: DWARF 5, section 6.2.4, and DWARF 4 for versions 2 to 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace skerry {

struct DebugLineSections;

// What stands behind a unit's length.
struct LineUnit {
  Bytes bytes;
  bool is_64_bit = false;  // offsets inside are 8 bytes wide
};

struct LineTableHeader {
  bool is_64_bit = false;
  uint16_t version = 0;
  uint8_t min_instruction_bytes = 1;
  int8_t line_base = 0;
  uint8_t line_range = 1;
  uint8_t opcode_base = 1;
  Bytes operand_counts;  // of the opcodes 1 to opcode_base - 1
  Bytes tables;          // folders, then files
  Bytes program;

  // With the folder in front, unless that is the one the compiler ran in. Absent where it is
  // malformed, too long, or no text that may be printed.
  std::optional<std::string> file_name(uint64_t file, const DebugLineSections& sections) const;
};

// The unit at the cursor, which then is behind it.
Result<LineUnit> next_line_unit(ByteReader& in);
Result<LineTableHeader> read_line_table_header(const LineUnit& unit);

Result<uint16_t> read_u16(ByteReader& in);

}  // namespace skerry
