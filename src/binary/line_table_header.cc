// Headers of line tables. Versions 2 to 4 list names; version 5 says first which forms an entry
// consists of, of which we read the name and the folder and skip the rest.
#include "binary/line_table_header.h"

#include <algorithm>
#include <array>
#include <vector>

#include "binary/debug_lines.h"

namespace skerry {
namespace {

constexpr uint32_t kLength64 = 0xffff'ffff;  // a length of 8 bytes follows
constexpr size_t kMaxNameBytes = 4096;

// What an entry's field is about; others are skipped.
enum ContentType : uint64_t { kPath = 1, kDirectoryIndex = 2 };

// How a field is written.
enum class Encoding : uint8_t {
  Fixed,          // `bytes` of them
  Leb,            // signed or not: of the same length
  Block,          // a LEB128 length, then as many bytes
  SizedBlock,     // a length of `bytes` bytes, then as many
  InlineString,   // up to a zero
  LineStrOffset,  // into .debug_line_str
  StrOffset,      // into .debug_str
  OtherOffset,    // into what only other sections lead to
};
struct Form {
  uint8_t number;
  Encoding encoding;
  uint8_t bytes;
};
constexpr auto kForms = std::to_array<Form>({
    {0x03, Encoding::SizedBlock, 2},     // block2
    {0x04, Encoding::SizedBlock, 4},     // block4
    {0x05, Encoding::Fixed, 2},          // data2
    {0x06, Encoding::Fixed, 4},          // data4
    {0x07, Encoding::Fixed, 8},          // data8
    {0x08, Encoding::InlineString, 0},   // string
    {0x09, Encoding::Block, 0},          // block
    {0x0a, Encoding::SizedBlock, 1},     // block1
    {0x0b, Encoding::Fixed, 1},          // data1
    {0x0d, Encoding::Leb, 0},            // sdata
    {0x0e, Encoding::StrOffset, 0},      // strp
    {0x0f, Encoding::Leb, 0},            // udata
    {0x1a, Encoding::Leb, 0},            // strx
    {0x1d, Encoding::OtherOffset, 0},    // strp_sup
    {0x1e, Encoding::Fixed, 16},         // data16
    {0x1f, Encoding::LineStrOffset, 0},  // line_strp
    {0x25, Encoding::Fixed, 1},          // strx1
    {0x26, Encoding::Fixed, 2},          // strx2
    {0x27, Encoding::Fixed, 3},          // strx3
    {0x28, Encoding::Fixed, 4},          // strx4
});

Error malformed(const ByteReader& in) { return Error{ErrorCode::UnexpectedEnd, in.offset()}; }

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Up to the zero that ends it.
Result<std::string_view> read_string(ByteReader& in) {
  const Bytes rest(in.pos(), in.remaining());
  const auto zero = std::ranges::find(rest, uint8_t{0});
  if (zero == rest.end()) return std::unexpected(malformed(in));
  const Bytes text = rest.first(static_cast<size_t>(zero - rest.begin()));
  TRY(in.bytes(text.size() + 1));
  return text_of(text);
}

Result<uint64_t> read_offset(ByteReader& in, bool is_64_bit) {
  if (is_64_bit) return in.fixed_u64();
  return uint64_t{TRY(in.fixed_u32())};
}

Result<std::string_view> string_at(Bytes section, uint64_t offset) {
  ByteReader in(section);
  TRY(in.bytes(offset));
  return read_string(in);
}

// A little-endian number of at most 8 bytes; of more, its lower part.
uint64_t number_of(Bytes bytes) {
  uint64_t value = 0;
  std::copy_n(bytes.begin(), std::min<size_t>(bytes.size(), 8), reinterpret_cast<uint8_t*>(&value));
  return value;
}

// A file or a folder (whose `folder` is not used).
struct Entry {
  std::string_view name;
  uint64_t folder = 0;
};

// The tables of one header, read from their start for each question: they are asked little.
class Tables {
 public:
  Tables(const LineTableHeader& header, const DebugLineSections& sections)
      : header_(header), sections_(sections), in_(header.tables) {}

  Result<std::string> file_name(uint64_t file) {
    const bool has_formats = header_.version >= 5;
    const ByteReader start = in_;
    if (has_formats)
      TRY(entry_of_formats(kNone));
    else
      TRY(entry_of_list(kNone, false));
    // Before version 5 the folder and file 0 were not in the tables.
    const Entry found = has_formats ? TRY(entry_of_formats(file)) : TRY(entry_of_list(file, true));
    in_ = start;
    std::string name(found.name);
    if (found.folder == 0 || name.starts_with('/')) return name;
    const Entry folder =
        has_formats ? TRY(entry_of_formats(found.folder)) : TRY(entry_of_list(found.folder, false));
    return std::string(folder.name) + "/" + name;
  }

 private:
  // An entry to look for that no table holds: the table is read to its end.
  static constexpr uint64_t kNone = UINT64_MAX;

  // Versions 2 to 4: names from number 1 on, the last one empty.
  Result<Entry> entry_of_list(uint64_t wanted, bool has_numbers) {
    for (uint64_t number = 1;; ++number) {
      Entry entry{TRY(read_string(in_)), 0};
      if (entry.name.empty()) break;
      if (has_numbers) {
        entry.folder = TRY(in_.u64());
        TRY(in_.u64());  // time
        TRY(in_.u64());  // size
      }
      if (number == wanted) return entry;
    }
    return missing(wanted);
  }

  // Version 5: formats, then entries from number 0 on.
  Result<Entry> entry_of_formats(uint64_t wanted) {
    struct Format {
      uint64_t content = 0;
      const Form* form = nullptr;
    };
    std::array<Format, UINT8_MAX> formats;
    const uint8_t format_count = TRY(in_.u8());
    for (uint8_t i = 0; i < format_count; ++i) {
      formats[i].content = TRY(in_.u64());
      const uint64_t form = TRY(in_.u64());
      const auto known = std::ranges::find(kForms, form, &Form::number);
      if (known == kForms.end()) return std::unexpected(malformed(in_));
      formats[i].form = &*known;
    }
    const uint64_t count = TRY(in_.u64());
    // Entries of no bytes could be any number.
    if (format_count == 0) return missing(wanted);
    for (uint64_t number = 0; number < count; ++number) {
      Entry entry;
      for (uint8_t i = 0; i < format_count; ++i)
        TRY(read_field(*formats[i].form, formats[i].content, entry, number == wanted));
      if (number == wanted) return entry;
    }
    return missing(wanted);
  }

  Result<Entry> missing(uint64_t wanted) const {
    if (wanted == kNone) return Entry();
    return std::unexpected(malformed(in_));
  }

  Result<void> read_field(const Form& form, uint64_t content, Entry& entry, bool is_wanted) {
    uint64_t number = 0;
    std::string_view text;
    switch (form.encoding) {
      case Encoding::Fixed: number = number_of(TRY(in_.bytes(form.bytes))); break;
      case Encoding::Leb: number = TRY(in_.u64()); break;
      case Encoding::Block: TRY(in_.bytes(TRY(in_.u64()))); break;
      case Encoding::SizedBlock: TRY(in_.bytes(number_of(TRY(in_.bytes(form.bytes))))); break;
      case Encoding::InlineString: text = TRY(read_string(in_)); break;
      case Encoding::OtherOffset: TRY(read_offset(in_, header_.is_64_bit)); break;
      case Encoding::LineStrOffset:
      case Encoding::StrOffset: {
        const uint64_t offset = TRY(read_offset(in_, header_.is_64_bit));
        const bool is_line_str = form.encoding == Encoding::LineStrOffset;
        if (is_wanted && content == kPath)
          text =
              TRY(string_at(is_line_str ? sections_.debug_line_str : sections_.debug_str, offset));
        break;
      }
    }
    if (content == kPath) entry.name = text;
    if (content == kDirectoryIndex) entry.folder = number;
    return {};
  }

  const LineTableHeader& header_;
  const DebugLineSections& sections_;
  ByteReader in_;
};

// A name of a hostile module must not steer the terminal it is printed on.
bool is_printable(std::string_view name) {
  const Bytes bytes(reinterpret_cast<const uint8_t*>(name.data()), name.size());
  return !name.empty() && name.size() <= kMaxNameBytes && is_utf8(bytes) &&
         std::ranges::none_of(bytes, [](uint8_t byte) { return byte < 0x20 || byte == 0x7f; });
}

}  // namespace

Result<uint16_t> read_u16(ByteReader& in) {
  return static_cast<uint16_t>(number_of(TRY(in.bytes(sizeof(uint16_t)))));
}

Result<LineUnit> next_line_unit(ByteReader& in) {
  LineUnit unit;
  uint64_t size_bytes = TRY(in.fixed_u32());
  unit.is_64_bit = size_bytes == kLength64;
  if (unit.is_64_bit) size_bytes = TRY(in.fixed_u64());
  unit.bytes = TRY(in.bytes(size_bytes));
  return unit;
}

Result<LineTableHeader> read_line_table_header(const LineUnit& unit) {
  ByteReader in(unit.bytes);
  LineTableHeader header;
  header.is_64_bit = unit.is_64_bit;
  header.version = TRY(read_u16(in));
  if (header.version < 2 || header.version > 5) return std::unexpected(malformed(in));
  if (header.version >= 5) TRY(in.bytes(2));  // sizes of addresses and of segment selectors
  ByteReader rest(TRY(in.bytes(TRY(read_offset(in, header.is_64_bit)))));
  header.program = Bytes(in.pos(), in.remaining());
  header.min_instruction_bytes = TRY(rest.u8());
  if (header.version >= 4) TRY(rest.u8());  // operations an instruction: Wasm has one
  TRY(rest.u8());                           // whether rows are statements at first
  header.line_base = static_cast<int8_t>(TRY(rest.u8()));
  header.line_range = TRY(rest.u8());
  header.opcode_base = TRY(rest.u8());
  if (header.line_range == 0 || header.opcode_base == 0) return std::unexpected(malformed(rest));
  header.operand_counts = TRY(rest.bytes(header.opcode_base - 1u));
  header.tables = Bytes(rest.pos(), rest.remaining());
  return header;
}

std::optional<std::string> LineTableHeader::file_name(uint64_t file,
                                                      const DebugLineSections& sections) const {
  auto name = Tables(*this, sections).file_name(file);
  if (!name || !is_printable(*name)) return std::nullopt;
  return std::move(*name);
}

}  // namespace skerry
