// Source lines from DWARF line tables put together by hand, in versions 2 to 5, whole and broken.
#include "binary/debug_lines.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>

#include "../support/module_bytes.h"
#include "binary/decoder.h"

namespace skerry {
namespace {

using namespace test;

using Lines = std::vector<std::optional<SourceLine>>;

template <class T>
Buffer fixed_of(T value) {
  const auto bytes = std::bit_cast<std::array<uint8_t, sizeof(T)>>(value);
  return Buffer(bytes.begin(), bytes.end());
}
Buffer u16_of(uint16_t value) { return fixed_of(value); }
Buffer u32_of(uint32_t value) { return fixed_of(value); }
Buffer u64_of(uint64_t value) { return fixed_of(value); }
Buffer text_of(std::string_view text) {
  Buffer out(text.begin(), text.end());
  out.push_back(0);
  return out;
}

// The instructions of line programs.
Buffer set_address(uint32_t address) { return concat({{0x00, 0x05, 0x02}, u32_of(address)}); }
Buffer end_sequence() { return {0x00, 0x01, 0x01}; }
Buffer set_file(uint8_t file) { return {0x04, file}; }
Buffer set_column(uint8_t column) { return {0x05, column}; }
// With line_base -5, line_range 14, opcode_base 13.
Buffer special(unsigned address, int line) {
  return {static_cast<uint8_t>(static_cast<unsigned>(line + 5) + 14 * address + 13)};
}

struct UnitShape {
  uint16_t version = 4;
  bool is_64_bit = false;
  uint8_t line_range = 14;
};

// A unit with the usual header around the given tables of folders and files.
Buffer unit_of(const UnitShape& shape, const Buffer& tables, const Buffer& program) {
  const auto length_of = [&](size_t size) {
    return shape.is_64_bit ? u64_of(size) : u32_of(static_cast<uint32_t>(size));
  };
  const Buffer header =
      concat({shape.version >= 4 ? Buffer{0x01, 0x01} : Buffer{0x01},
              {0x01, 0xfb, shape.line_range, 0x0d},
              {0x00, 0x01, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x01},
              tables});
  const Buffer contents =
      concat({u16_of(shape.version), shape.version >= 5 ? Buffer{0x04, 0x00} : Buffer{},
              length_of(header.size()), header, program});
  return concat(
      {shape.is_64_bit ? u32_of(0xffffffff) : Buffer{}, length_of(contents.size()), contents});
}

// Files 1 "main.c", 2 "include/list.h".
Buffer old_tables() {
  return concat({text_of("include"),
                 {0x00},
                 text_of("main.c"),
                 {0x00, 0x00, 0x00},
                 text_of("list.h"),
                 {0x01, 0x00, 0x00},
                 {0x00}});
}

const std::string_view kLineStr{"/build\0include\0main.c\0list.h", 28};

// The same as files 0 and 1, with checksums.
Buffer new_tables() {
  return concat({{0x01, 0x01, 0x1f, 0x02},
                 u32_of(0),
                 u32_of(7),                                         // folders
                 {0x03, 0x01, 0x1f, 0x02, 0x0b, 0x05, 0x1e, 0x02},  // how files are written
                 u32_of(15),
                 {0x00},
                 Buffer(16, 0xee),
                 u32_of(22),
                 {0x01},
                 Buffer(16, 0xee)});
}

// main.c:10:3 for 0x10..0x14, list.h:12 for 0x14..0x20, main.c:10 for 0x20..0x22.
Buffer sample_program(uint8_t main_file, uint8_t list_file) {
  return concat({set_file(main_file),
                 set_address(0x10),
                 set_column(3),
                 {0x03, 0x01},
                 special(0, 8),
                 {0x03, 0x01},
                 set_file(list_file),
                 set_column(0),
                 special(4, 1),
                 set_file(main_file),
                 special(12, -2),
                 {0x02, 0x02},
                 end_sequence()});
}

const std::vector<uint64_t> kSampleAddresses = {0x0f, 0x10, 0x13, 0x14, 0x1f, 0x20, 0x21, 0x22};
Lines sample_lines() {
  const SourceLine first{"main.c", 10, 3};
  const SourceLine second{"include/list.h", 12, 0};
  const SourceLine third{"main.c", 10, 0};
  return {std::nullopt, first, first, second, second, third, third, std::nullopt};
}

Bytes line_str() {
  return {reinterpret_cast<const uint8_t*>(kLineStr.data()), kLineStr.size() + 1};
}

Lines find(const Buffer& debug_line, const std::vector<uint64_t>& addresses = kSampleAddresses) {
  return find_source_lines({debug_line, line_str(), {}}, addresses);
}

TEST(DebugLines, ReadsVersions2To4) {
  for (const uint16_t version : std::initializer_list<uint16_t>{2, 3, 4})
    EXPECT_EQ(find(unit_of({.version = version}, old_tables(), sample_program(1, 2))),
              sample_lines())
        << version;
}

TEST(DebugLines, ReadsVersion5) {
  EXPECT_EQ(find(unit_of({.version = 5}, new_tables(), sample_program(0, 1))), sample_lines());
}

TEST(DebugLines, ReadsTheWideFormat) {
  EXPECT_EQ(find(unit_of({.version = 4, .is_64_bit = true}, old_tables(), sample_program(1, 2))),
            sample_lines());
}

TEST(DebugLines, ReadsEveryFormOfAName) {
  const Buffer inline_name =
      concat({{0x01, 0x01, 0x08, 0x01},
              text_of("."),
              {0x05, 0x02, 0x0f, 0x03, 0x06, 0x04, 0x05, 0x05, 0x09, 0x01, 0x08, 0x01},
              {0x80, 0x00},
              u32_of(1),
              u16_of(2),
              {0x02, 0xaa, 0xbb},
              text_of("a.c")});
  const Buffer in_debug_str =
      concat({{0x01, 0x01, 0x0e, 0x01}, u32_of(0), {0x01, 0x01, 0x0e, 0x01}, u32_of(2)});
  const Buffer program =
      concat({set_file(0), set_address(4), special(0, 1), special(1, 1), end_sequence()});
  const Buffer debug_str = text_of("d/a.c");
  const Lines expected = {SourceLine{"a.c", 2, 0}};
  const std::vector<uint64_t> addresses = {4};
  for (const Buffer& tables : {inline_name, in_debug_str}) {
    const Buffer unit = unit_of({.version = 5}, tables, program);
    EXPECT_EQ(find_source_lines({unit, {}, debug_str}, addresses), expected);
  }
}

TEST(DebugLines, FindsLinesInEveryUnitAndSequence) {
  const auto sequence = [](uint32_t address) {
    return concat({set_address(address), special(0, 4), special(4, 0), end_sequence()});
  };
  const Buffer bytes =
      concat({unit_of({.version = 4}, old_tables(), concat({sequence(0x80), sequence(0x40)})),
              unit_of({.version = 5}, new_tables(), concat({set_file(1), sequence(0x60)}))});
  const SourceLine main{"main.c", 5, 0};
  EXPECT_EQ(find(bytes, {0x61, 0x81, 0x41, 0x50, 0x41}),
            (Lines{SourceLine{"include/list.h", 5, 0}, main, main, std::nullopt, main}));
}

TEST(DebugLines, LeavesOutCodeThatTheLinkerDropped) {
  for (const uint32_t start : {0u, 0xffffffffu, 0xfffffffeu}) {
    const Buffer bytes = unit_of({}, old_tables(),
                                 concat({set_address(start),
                                         special(0, 4),
                                         {0x02, 0x30},
                                         special(0, 1),
                                         end_sequence(),
                                         set_address(8),
                                         special(0, 1),
                                         special(8, 0),
                                         end_sequence()}));
    EXPECT_EQ(find(bytes, {0x01, 0x09, 0x20, 0xffffffff}),
              (Lines{std::nullopt, SourceLine{"main.c", 2, 0}, std::nullopt, std::nullopt}));
  }
}

TEST(DebugLines, HasNoLineForLine0AndUnprintableNames) {
  const Buffer program =
      concat({set_address(4), special(0, -1), special(1, 3), special(1, 0), end_sequence()});
  EXPECT_EQ(find(unit_of({}, old_tables(), program), {4, 5}),
            (Lines{std::nullopt, SourceLine{"main.c", 3, 0}}));
  for (const std::string_view name : {"a\x1b[2Jb.c", "\xff.c", "a\x7f.c"}) {
    const Buffer tables = concat({{0x00}, text_of(name), {0x00, 0x00, 0x00}, {0x00}});
    EXPECT_EQ(find(unit_of({}, tables, program), {5}), Lines{std::nullopt});
  }
}

TEST(DebugLines, SkipsUnitsItCannotRead) {
  const Buffer good = unit_of({}, old_tables(), sample_program(1, 2));
  for (const UnitShape& shape :
       {UnitShape{.version = 6}, UnitShape{.version = 1}, UnitShape{.version = 4, .line_range = 0}})
    EXPECT_EQ(find(concat({unit_of(shape, old_tables(), sample_program(1, 2)), good})),
              sample_lines());
  // Any number of entries that take no bytes.
  const Buffer empty_formats = {0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
                                0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
  EXPECT_EQ(find(unit_of({.version = 5}, empty_formats, sample_program(0, 1))), Lines(8));
}

TEST(DebugLines, CountsFromTheCodeSection) {
  Buffer bytes = one_func(func_type({}, {}), {0x01, 0x01});
  const auto bare = *decode_module(bytes, nullptr, Features());
  const uint64_t first_nop = bare->bodies[0].offset + 1;
  EXPECT_EQ(find_source_lines(*bare, std::vector{first_nop}), Lines(1));
  // One count of funcs, the body's size, its locals: the first instruction is at 3.
  const Buffer program =
      concat({set_address(3), special(0, 1), special(1, 1), special(1, 0), end_sequence()});
  ModuleBytes custom;
  custom.custom(".debug_line", unit_of({}, old_tables(), program));
  bytes.insert(bytes.end(), custom.bytes().begin() + kModuleHeader.size(), custom.bytes().end());
  const auto module = *decode_module(bytes, nullptr, Features());
  EXPECT_EQ(find_source_lines(*module, std::vector{first_nop, first_nop + 1, uint64_t{0}}),
            (Lines{SourceLine{"main.c", 2, 0}, SourceLine{"main.c", 3, 0}, std::nullopt}));
}

// Whatever a broken table says, the answers are orderly: none, or a line of some file.
void expect_orderly(const Buffer& debug_line) {
  const Buffer strings(line_str().begin(), line_str().end());
  const Lines lines = find_source_lines({debug_line, strings, strings}, kSampleAddresses);
  ASSERT_EQ(lines.size(), kSampleAddresses.size());
  for (const auto& line : lines) ASSERT_TRUE(!line || (line->line != 0 && !line->file.empty()));
}

TEST(DebugLines, SurvivesEveryCutAndChange) {
  for (const Buffer& bytes : {unit_of({.version = 4}, old_tables(), sample_program(1, 2)),
                              unit_of({.version = 5}, new_tables(), sample_program(0, 1))}) {
    for (size_t size = 0; size < bytes.size(); ++size)
      expect_orderly(Buffer(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)));
    Buffer changed = bytes;
    for (uint8_t& byte : changed) {
      const uint8_t original = byte;
      for (unsigned value = 0; value <= 0xff; ++value) {
        byte = static_cast<uint8_t>(value);
        expect_orderly(changed);
      }
      byte = original;
    }
  }
}

}  // namespace
}  // namespace skerry
