// The state machine of DWARF 4, section 6.2, for the two registers that matter.
#include "llvm/line_table.h"

#include <llvm/BinaryFormat/Dwarf.h>

namespace skerry::llvm_tier {
namespace {

// Reads without bounds errors on the way: ok() says at the end whether there were any.
class Reader {
 public:
  explicit Reader(Bytes bytes) : in_(bytes) {}
  bool ok() const { return ok_; }
  bool at_end() const { return !ok_ || in_.at_end(); }
  uint64_t u8() { return take(in_.u8()); }
  uint64_t u16() {
    const uint64_t low = u8();
    return low | u8() << 8;
  }
  uint64_t u32() { return take(in_.fixed_u32()); }
  uint64_t u64() { return take(in_.fixed_u64()); }
  uint64_t unsigned_leb() { return take(in_.u64()); }
  int64_t signed_leb() { return static_cast<int64_t>(take(in_.s64())); }
  const uint8_t* pos() const { return in_.pos(); }
  void skip(uint64_t bytes) {
    if (!ok_ || bytes > in_.remaining()) {
      ok_ = false;
      return;
    }
    in_.set_pos(in_.pos() + bytes);
  }

 private:
  template <class T>
  uint64_t take(const Result<T>& value) {
    if (value) return static_cast<uint64_t>(*value);
    ok_ = false;
    return 0;
  }
  ByteReader in_;
  bool ok_ = true;
};

}  // namespace

bool LineTable::read(Bytes section) {
  namespace dwarf = llvm::dwarf;
  rows_.clear();
  next_ = 0;
  Reader in(section);
  in.u32();                         // unit length
  if (in.u16() != 4) return false;  // version
  const uint64_t header_bytes = in.u32();
  Reader header = in;
  in.skip(header_bytes);
  header.u8();  // bytes of an instruction: 1
  header.u8();  // operations of an instruction: 1
  header.u8();  // statements by default
  const auto line_base = static_cast<int8_t>(header.u8());
  const uint64_t line_range = header.u8();
  const uint64_t opcode_base = header.u8();
  if (!in.ok() || !header.ok() || line_range == 0) return false;
  std::vector<uint64_t> operand_counts(1);
  for (uint64_t i = 1; i < opcode_base; ++i) operand_counts.push_back(header.u8());

  uint64_t offset = 0, line = 1, column = 0;
  const auto row = [&] {
    rows_.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(line),
                     static_cast<uint32_t>(column)});
  };
  while (!in.at_end()) {
    const uint64_t opcode = in.u8();
    if (opcode >= opcode_base) {
      offset += (opcode - opcode_base) / line_range;
      line += static_cast<uint64_t>(line_base +
                                    static_cast<int64_t>((opcode - opcode_base) % line_range));
      row();
      continue;
    }
    switch (opcode) {
      case dwarf::DW_LNS_extended_op: {
        const uint64_t bytes = in.unsigned_leb();
        const uint64_t extended = in.u8();
        // The address is to be relocated: it is that of the code's start.
        if (extended == dwarf::DW_LNE_set_address) offset = 0;
        in.skip(bytes - 1);
        break;
      }
      case dwarf::DW_LNS_copy: row(); break;
      case dwarf::DW_LNS_advance_pc: offset += in.unsigned_leb(); break;
      case dwarf::DW_LNS_advance_line: line += static_cast<uint64_t>(in.signed_leb()); break;
      case dwarf::DW_LNS_set_column: column = in.unsigned_leb(); break;
      case dwarf::DW_LNS_const_add_pc: offset += (255 - opcode_base) / line_range; break;
      case dwarf::DW_LNS_fixed_advance_pc: offset += in.u16(); break;
      default:
        if (opcode >= operand_counts.size()) return false;
        for (uint64_t i = 0; i < operand_counts[opcode]; ++i) in.unsigned_leb();
    }
  }
  return in.ok();
}

uint32_t LineTable::line_at(uint32_t code_offset) {
  while (next_ < rows_.size() && rows_[next_].code_offset <= code_offset) ++next_;
  // Where the compiler could not say, the last it said is near.
  for (size_t i = next_; i > 0; --i)
    if (rows_[i - 1].line != 0) return rows_[i - 1].line;
  return 0;
}

void LineTable::append_origins(uint32_t body_offset, CodeOrigins& origins) const {
  for (const Row& row : rows_) {
    CodePart part = CodePart::Instruction;
    if (row.line == body_offset) part = CodePart::Entry;
    if (row.column == column_of(CodePart::Poll)) part = CodePart::Poll;
    if (row.line == 0) part = CodePart::Unknown;
    origins.push_back({row.code_offset, row.line == body_offset ? 0 : row.line, part});
  }
}

}  // namespace skerry::llvm_tier
