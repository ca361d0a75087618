// The state machine of DWARF 4, section 6.2, for the two registers that matter.
#include "llvm/line_table.h"

#include <llvm/BinaryFormat/Dwarf.h>

namespace skerry::llvm_tier {
namespace {

constexpr char kSeparator = '@';

// The reverse of file_name(); nothing if the name is another.
std::optional<CodeSite::InPlace> in_place_named(const std::string& name) {
  const size_t separator = name.find(kSeparator);
  if (separator == std::string::npos) return std::nullopt;
  return CodeSite::InPlace{static_cast<uint32_t>(std::stoul(name)),
                           static_cast<uint32_t>(std::stoul(name.substr(separator + 1)))};
}

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
  // Up to a zero byte, which is taken as well.
  std::string text() {
    std::string text;
    for (uint64_t byte = u8(); ok_ && byte != 0; byte = u8())
      text.push_back(static_cast<char>(byte));
    return text;
  }
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

std::string file_name(const CodeSite::InPlace& in_place) {
  return std::to_string(in_place.func) + kSeparator + std::to_string(in_place.call_offset);
}

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
  while (!header.text().empty()) continue;  // folders
  files_.assign(1, std::nullopt);           // numbers begin with 1
  for (std::string name = header.text(); !name.empty(); name = header.text()) {
    files_.push_back(in_place_named(name));
    for (int i = 0; i < 3; ++i) header.unsigned_leb();  // folder, time, length
  }
  if (!header.ok()) return false;

  uint64_t offset = 0, line = 1, column = 0, file = 1;
  const auto row = [&] {
    rows_.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(line),
                     static_cast<uint32_t>(column), static_cast<uint32_t>(file)});
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
      case dwarf::DW_LNS_set_file: file = in.unsigned_leb(); break;
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

const std::optional<CodeSite::InPlace>& LineTable::in_place(const Row& row) const {
  return files_[row.file < files_.size() ? row.file : 0];
}

LineTable::Place LineTable::at(uint32_t code_offset) {
  while (next_ < rows_.size() && rows_[next_].code_offset <= code_offset) ++next_;
  // Where the compiler could not say, the last it said is near.
  for (size_t i = next_; i > 0; --i)
    if (rows_[i - 1].line != 0) return {rows_[i - 1].line, in_place(rows_[i - 1])};
  return {};
}

void LineTable::append_origins(uint32_t body_offset, CodeOrigins& origins) const {
  for (const Row& row : rows_) {
    CodePart part = CodePart::Instruction;
    if (row.line == body_offset) part = CodePart::Entry;
    if (row.column == column_of(CodePart::Poll)) part = CodePart::Poll;
    if (row.line == 0) part = CodePart::Unknown;
    uint32_t module_offset = row.line == body_offset ? 0 : row.line;
    if (const auto& inlined = in_place(row)) module_offset = inlined->call_offset;
    origins.push_back({row.code_offset, module_offset, part});
  }
}

}  // namespace skerry::llvm_tier
