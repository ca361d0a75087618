// Runs the line programs of all units once for all addresses asked about; the names of files are
// looked up only in units that had an answer.
#include "binary/debug_lines.h"

#include <algorithm>

#include "binary/line_table_header.h"
#include "binary/sections.h"

namespace skerry {
namespace {

// The state of the line machine that we need, after DWARF 5, 6.2.2.
struct Row {
  uint64_t address = 0;
  uint64_t file = 1;
  uint64_t line = 1;
  uint64_t column = 0;
};

struct Query {
  uint64_t address = 0;
  size_t number = 0;       // in the caller's list
  std::optional<Row> row;  // found
  bool is_named = false;   // its answer is complete
};

// Where linkers move code that they dropped: 0 in older ones, -1 or -2 today. No code is there: the
// code section starts with a count, and is smaller than 4 GiB.
bool is_dropped(uint64_t address) { return address == 0 || address >= 0xffff'fffe; }

enum StandardOpcode : uint8_t {
  kExtended,
  kCopy,
  kAdvancePc,
  kAdvanceLine,
  kSetFile,
  kSetColumn,
  kNegateStmt,
  kSetBasicBlock,
  kConstAddPc,
  kFixedAdvancePc,
  kSetPrologueEnd,
  kSetEpilogueBegin,
  kSetIsa,
};
enum ExtendedOpcode : uint8_t { kEndSequence = 1, kSetAddress = 2 };

class LineProgram {
 public:
  // `queries` by ascending address.
  LineProgram(const LineTableHeader& header, std::span<Query> queries)
      : header_(header), in_(header.program), queries_(queries) {}

  // Fails where the program is malformed; rows before that have counted.
  Result<void> run() {
    while (!in_.at_end()) {
      const uint8_t opcode = TRY(in_.u8());
      if (opcode >= header_.opcode_base)
        special(opcode);
      else if (opcode == kExtended)
        TRY(extended());
      else
        TRY(standard(opcode));
    }
    return {};
  }

 private:
  void advance(uint64_t operations) { row_.address += operations * header_.min_instruction_bytes; }

  void special(uint8_t opcode) {
    const unsigned adjusted = opcode - header_.opcode_base;
    advance(adjusted / header_.line_range);
    row_.line += static_cast<uint64_t>(int64_t{header_.line_base} + adjusted % header_.line_range);
    append_row();
  }

  Result<void> standard(uint8_t opcode) {
    switch (opcode) {
      case kCopy: append_row(); break;
      case kAdvancePc: advance(TRY(in_.u64())); break;
      case kAdvanceLine: row_.line += static_cast<uint64_t>(TRY(in_.s64())); break;
      case kSetFile: row_.file = TRY(in_.u64()); break;
      case kSetColumn: row_.column = TRY(in_.u64()); break;
      case kConstAddPc: advance((255u - header_.opcode_base) / header_.line_range); break;
      case kFixedAdvancePc: row_.address += TRY(read_u16(in_)); break;
      default:  // nothing that matters to us; the header says how many operands it has
        for (uint8_t i = 0; i < header_.operand_counts[opcode - 1u]; ++i) TRY(in_.u64());
    }
    return {};
  }

  Result<void> extended() {
    ByteReader operands(TRY(in_.bytes(TRY(in_.u64()))));
    if (operands.at_end()) return {};
    switch (TRY(operands.u8())) {
      case kEndSequence:
        append_row();
        row_ = {};
        last_.reset();
        is_first_ = true;
        break;
      case kSetAddress:
        row_.address = operands.remaining() == 8 ? TRY(operands.fixed_u64())
                                                 : uint64_t{TRY(operands.fixed_u32())};
        break;
      default: break;
    }
    return {};
  }

  // The last row ends where this one begins.
  void append_row() {
    if (is_first_) is_dropped_ = is_dropped(row_.address);
    is_first_ = false;
    if (last_ && !is_dropped_) answer(*last_, row_.address);
    last_ = row_;
  }

  void answer(const Row& row, uint64_t end) {
    auto query = std::lower_bound(
        queries_.begin(), queries_.end(), row.address,
        [](const Query& each, uint64_t address) { return each.address < address; });
    for (; query != queries_.end() && query->address < end; ++query)
      if (!query->row) query->row = row;
  }

  const LineTableHeader& header_;
  ByteReader in_;
  std::span<Query> queries_;
  Row row_;
  std::optional<Row> last_;  // of this sequence
  bool is_first_ = true;     // no row of this sequence yet
  bool is_dropped_ = false;
};

std::optional<SourceLine> source_line(const LineTableHeader& header, const Row& row,
                                      const DebugLineSections& sections) {
  // Line 0 is code that comes from no line.
  if (row.line == 0 || row.line > UINT32_MAX) return std::nullopt;
  auto file = header.file_name(row.file, sections);
  if (!file) return std::nullopt;
  return SourceLine{std::move(*file), static_cast<uint32_t>(row.line),
                    row.column > UINT32_MAX ? 0 : static_cast<uint32_t>(row.column)};
}

// Where the contents of the code section start. The module has been decoded, so it has no other
// surprise than none of that section.
Result<uint64_t> code_section_offset(Bytes module) {
  ByteReader in(module);
  TRY(in.bytes(kModuleHeader.size()));
  for (;;) {
    const auto id = static_cast<SectionId>(TRY(in.u8()));
    const uint32_t size = TRY(in.u32());
    if (id == SectionId::Code) return in.offset();
    TRY(in.bytes(size));
  }
}

}  // namespace

std::vector<std::optional<SourceLine>> find_source_lines(const DebugLineSections& sections,
                                                         std::span<const uint64_t> addresses) {
  std::vector<std::optional<SourceLine>> lines(addresses.size());
  std::vector<Query> queries;
  queries.reserve(addresses.size());
  for (size_t i = 0; i < addresses.size(); ++i) queries.push_back({addresses[i], i, {}, false});
  std::ranges::sort(queries, {}, &Query::address);
  ByteReader in(sections.debug_line);
  while (!in.at_end() && !queries.empty()) {
    const auto unit = next_line_unit(in);
    if (!unit) break;  // where the next one starts is not known
    const auto header = read_line_table_header(*unit);
    if (!header) continue;
    // A program that is malformed further on still tells what it told so far.
    [[maybe_unused]] const Result<void> ended = LineProgram(*header, queries).run();
    for (Query& query : queries) {
      if (!query.row || query.is_named) continue;
      lines[query.number] = source_line(*header, *query.row, sections);
      query.is_named = true;
    }
  }
  return lines;
}

std::vector<std::optional<SourceLine>> find_source_lines(const Module& module,
                                                         std::span<const uint64_t> offsets) {
  const auto contents = [&](std::string_view name) {
    const CustomSection* const section = module.find_custom(name);
    return section ? section->bytes : Bytes();
  };
  const DebugLineSections sections{contents(".debug_line"), contents(".debug_line_str"),
                                   contents(".debug_str")};
  if (sections.debug_line.empty()) return std::vector<std::optional<SourceLine>>(offsets.size());
  const auto begin = code_section_offset(module.bytes);
  if (!begin) return std::vector<std::optional<SourceLine>>(offsets.size());
  std::vector<uint64_t> addresses;
  // An offset in front of the code section becomes an address that no code has.
  for (const uint64_t offset : offsets) addresses.push_back(offset - *begin);
  return find_source_lines(sections, addresses);
}

}  // namespace skerry
