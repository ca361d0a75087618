// An ELF file written by hand: the numbers are those of the ELF specification, of DWARF 4, section
// 6.4, and of the x86-64 psABI.
#include "embed/debug_object.h"

#include <array>
#include <cstring>
#include <string_view>

namespace skerry::embed {
namespace {

class ByteWriter {
 public:
  std::vector<uint8_t> bytes;

  void u8(uint8_t value) { bytes.push_back(value); }
  template <class T>
  void fixed(T value) {
    const size_t at = bytes.size();
    bytes.resize(at + sizeof(value));
    std::memcpy(bytes.data() + at, &value, sizeof(value));
  }
  void uleb(uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<uint8_t>(value) | 0x80);
    u8(static_cast<uint8_t>(value));
  }
  void zero_until_multiple_of(size_t alignment) {
    while (bytes.size() % alignment != 0) u8(0);
  }
  void append(const std::vector<uint8_t>& other) {
    bytes.insert(bytes.end(), other.begin(), other.end());
  }
};

// Call frame information
// ------------------------------------------------------------------------

constexpr uint8_t kRsp = 7, kReturnAddress = 16;
// rbx, rbp, r12 to r15.
constexpr auto kPreserved = std::to_array<uint8_t>({3, 6, 12, 13, 14, 15});
// rbx, rbp, r15.
constexpr auto kPushed = std::to_array<uint8_t>({3, 6, 15});

enum CallFrameOp : uint8_t {
  AdvanceLoc4 = 0x04,
  Undefined = 0x07,
  DefCfa = 0x0c,
  DefCfaOffset = 0x0e,
  Offset = 0x80,  // | register
};

// Length, contents, and padding with DW_CFA_nop, which is 0.
void append_entry(ByteWriter& out, ByteWriter& entry) {
  constexpr size_t kLengthBytes = 4;
  while ((entry.bytes.size() + kLengthBytes) % 8 != 0) entry.u8(0);
  out.fixed(static_cast<uint32_t>(entry.bytes.size()));
  out.append(entry.bytes);
}

std::vector<uint8_t> make_eh_frame(const DebugCode& code) {
  constexpr uint8_t kDataAlignment = 0x78;  // -8 as signed LEB128
  ByteWriter out, shared, own;
  shared.fixed(uint32_t{0});  // a common entry
  shared.u8(1);               // version
  shared.u8(0);               // no augmentation: addresses are absolute
  shared.uleb(1);             // code alignment
  shared.u8(kDataAlignment);
  shared.u8(kReturnAddress);
  shared.u8(DefCfa), shared.uleb(kRsp), shared.uleb(8);
  shared.u8(Offset | kReturnAddress), shared.uleb(1);
  for (uint8_t reg : kPreserved) shared.u8(Undefined), shared.uleb(reg);
  append_entry(out, shared);

  own.fixed(static_cast<uint32_t>(out.bytes.size() + 4));  // back to the common entry
  own.fixed(reinterpret_cast<uint64_t>(code.code.data()));
  own.fixed(uint64_t{code.code.size()});
  uint32_t at = 0;
  for (const FrameRow& row : code.frames) {
    if (row.code_offset > at) own.u8(AdvanceLoc4), own.fixed(row.code_offset - at);
    at = row.code_offset;
    own.u8(DefCfaOffset), own.uleb(row.frame_bytes + 8);
  }
  uint64_t words_down = 1;  // from where the caller's frame ends
  if (code.pushes_kept)
    for (uint8_t reg : kPushed) own.u8(Offset | reg), own.uleb(++words_down);
  append_entry(out, own);
  return out.bytes;
}

// ELF
// -------------------------------------------------------------------------------------------

struct Section {
  std::string_view name;
  uint32_t type = 0;
  uint64_t flags = 0;
  uint64_t address = 0;
  std::vector<uint8_t> contents;
  uint64_t size_bytes = 0;  // where it has no contents
  uint32_t link = 0, info = 0;
  uint64_t alignment = 1, entry_bytes = 0;
};

enum SectionType : uint32_t { ProgBits = 1, SymTab = 2, StrTab = 3, NoBits = 8 };
constexpr uint64_t kAllocated = 2, kExecutable = 4;
constexpr uint16_t kHeaderBytes = 64, kSectionHeaderBytes = 64, kSymbolBytes = 24;

std::vector<uint8_t> string_table(std::initializer_list<std::string_view> strings) {
  std::vector<uint8_t> table = {0};
  for (std::string_view string : strings) {
    table.insert(table.end(), string.begin(), string.end());
    table.push_back(0);
  }
  return table;
}

// The empty symbol, and the one at the start of section 1.
std::vector<uint8_t> symbol_table(uint64_t size_bytes) {
  constexpr uint8_t kGlobalFunc = 0x12;
  ByteWriter out;
  out.bytes.resize(kSymbolBytes);
  out.fixed(uint32_t{1});  // its name is the first
  out.u8(kGlobalFunc);
  out.u8(0);
  out.fixed(uint16_t{1});
  out.fixed(uint64_t{0});
  out.fixed(size_bytes);
  return out.bytes;
}

void append_file_header(ByteWriter& out, uint64_t section_headers_at, uint16_t section_count) {
  constexpr uint8_t kIdentification[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};  // 64 bits, little-endian
  for (uint8_t byte : kIdentification) out.u8(byte);
  out.zero_until_multiple_of(16);
  out.fixed(uint16_t{1});   // relocatable
  out.fixed(uint16_t{62});  // x86-64
  out.fixed(uint32_t{1});
  out.fixed(uint64_t{0});  // no entry, no program headers
  out.fixed(uint64_t{0});
  out.fixed(section_headers_at);
  out.fixed(uint32_t{0});
  out.fixed(kHeaderBytes);
  out.fixed(uint32_t{0});
  out.fixed(kSectionHeaderBytes);
  out.fixed(section_count);
  out.fixed(static_cast<uint16_t>(section_count - 1));  // the names of sections come last
}

std::vector<uint8_t> make_elf(std::span<Section> sections) {
  ByteWriter headers, contents;
  std::vector<uint8_t> names = {0};
  headers.bytes.resize(kSectionHeaderBytes);  // section 0 is nothing
  const auto next_at = [&] { return kHeaderBytes + contents.bytes.size(); };
  for (Section& section : sections) {
    contents.zero_until_multiple_of(8);
    headers.fixed(static_cast<uint32_t>(names.size()));
    names.insert(names.end(), section.name.begin(), section.name.end());
    names.push_back(0);
    if (&section == &sections.back()) section.contents = names;
    const uint64_t in_file = section.contents.size();
    headers.fixed(section.type);
    headers.fixed(section.flags);
    headers.fixed(section.address);
    headers.fixed(uint64_t{next_at()});
    headers.fixed(section.type == NoBits ? section.size_bytes : in_file);
    headers.fixed(section.link);
    headers.fixed(section.info);
    headers.fixed(section.alignment);
    headers.fixed(section.entry_bytes);
    contents.append(section.contents);
  }
  contents.zero_until_multiple_of(8);
  ByteWriter out;
  append_file_header(out, next_at(), static_cast<uint16_t>(sections.size() + 1));
  out.append(contents.bytes);
  out.append(headers.bytes);
  return std::move(out.bytes);
}

}  // namespace

std::vector<FrameRow> frames_of(Bytes code, uint32_t frame_bytes) {
  std::vector<FrameRow> rows = {{0, 0}};
  const auto byte = [&](size_t at) { return at < code.size() ? code[at] : uint8_t{0}; };
  const auto is_push = [&](size_t at) { return (byte(at) & 0xf8) == 0x50; };
  for (uint32_t at = 0; rows.back().frame_bytes != frame_bytes;) {
    uint32_t more = 8;
    if (is_push(at)) {
      at += 1;
    } else if (byte(at) == 0x41 && is_push(at + 1)) {
      at += 2;
    } else if (byte(at) == 0x48 && byte(at + 1) == 0x83 && byte(at + 2) == 0xec) {
      more = byte(at + 3);  // sub rsp, imm8
      at += 4;
    } else if (byte(at) == 0x48 && byte(at + 1) == 0x81 && byte(at + 2) == 0xec &&
               at + 7 <= code.size()) {
      std::memcpy(&more, code.data() + at + 3, sizeof(more));  // sub rsp, imm32
      at += 7;
    } else {
      return {{0, frame_bytes}};
    }
    rows.push_back({at, rows.back().frame_bytes + more});
  }
  return rows;
}

std::vector<uint8_t> make_debug_object(const DebugCode& code) {
  Section sections[] = {
      {.name = ".text",
       .type = NoBits,
       .flags = kAllocated | kExecutable,
       .address = reinterpret_cast<uint64_t>(code.code.data()),
       .contents = {},
       .size_bytes = code.code.size(),
       .alignment = 16},
      {.name = ".eh_frame",
       .type = ProgBits,
       .flags = kAllocated,
       .contents = make_eh_frame(code),
       .alignment = 8},
      {.name = ".symtab",
       .type = SymTab,
       .contents = symbol_table(code.code.size()),
       .link = 4,  // .strtab
       .info = 1,  // the first symbol that is not local
       .alignment = 8,
       .entry_bytes = kSymbolBytes},
      {.name = ".strtab", .type = StrTab, .contents = string_table({code.name})},
      {.name = ".shstrtab", .type = StrTab, .contents = {}},
  };
  return make_elf(sections);
}

}  // namespace skerry::embed
