// Arranging and writing.
#include "cli/func_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace skerry::cli {
namespace {

// Deeper code is not indented further, as skerry print does it.
constexpr unsigned kMaxDepth = 40;
constexpr uint32_t kDataBytesPerLine = 16;
// Machine code stands to the right of the offsets of WebAssembly.
constexpr int kAddressWidth = 24;

// Of "call qword ptr [r13 + 0x48]" and `base` "[r13 + 0x": 0x48.
std::optional<uint32_t> offset_from(std::string_view base, std::string_view instr) {
  const size_t at = instr.find(base);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = instr.substr(at + base.size());
  uint32_t offset = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), offset, 16);
  const auto length = static_cast<size_t>(read.ptr - digits.data());
  if (read.ec != std::errc() || !digits.substr(length).starts_with(']')) return std::nullopt;
  return offset;
}

}  // namespace

FuncListing::FuncListing(const Module& module, const ContextLayout& layout,
                         const std::vector<text::InstrLine>& lines, const FuncCode& code,
                         const CodeOrigins& origins, Disassembler& disassembler)
    : names_(module),
      lines_(lines),
      code_(code),
      disassembler_(disassembler),
      is_shown_(lines.size()) {
  for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func)
    funcs_.emplace(layout.func_entry(func), func);
  read_stretches(origins);
  offset_digits_ = static_cast<int>(fmt::formatted_size("{:x}", lines_.back().offset));
}

// The instruction that holds this byte.
size_t FuncListing::line_at(uint32_t module_offset) const {
  const auto after = std::ranges::upper_bound(lines_, module_offset, {}, &text::InstrLine::offset);
  return after == lines_.begin() ? kNoLine : static_cast<size_t>(after - lines_.begin()) - 1;
}

void FuncListing::read_stretches(const CodeOrigins& origins) {
  const auto code_bytes = static_cast<uint32_t>(code_.code.size());
  for (size_t i = 0; i < origins.size(); ++i) {
    const CodeOrigin& origin = origins[i];
    const uint32_t end = i + 1 < origins.size() ? origins[i + 1].code_offset : code_bytes;
    if (end <= origin.code_offset) continue;
    const Stretch stretch{origin.code_offset, end, line_at(origin.module_offset), origin.part};
    if (stretch.line != kNoLine) last_coded_ = std::max(last_coded_, stretch.line);
    const bool goes_on = !stretches_.empty() && stretches_.back().line == stretch.line &&
                         stretches_.back().part == stretch.part;
    if (goes_on)
      stretches_.back().end = end;
    else
      stretches_.push_back(stretch);
  }
}

std::string FuncListing::text() {
  std::vector<bool> is_coded(lines_.size());
  for (const Stretch& stretch : stretches_)
    if (stretch.line != kNoLine) is_coded[stretch.line] = true;
  for (const Stretch& stretch : stretches_) {
    // Those before it that no code was made from come with it.
    if (stretch.line != kNoLine && !is_shown_[stretch.line]) {
      size_t first = stretch.line;
      while (first > 0 && !is_coded[first - 1]) --first;
      write_lines(first, stretch.line);
    }
    write_head(stretch);
    stretch.part == CodePart::Data ? write_data(stretch) : write_code(stretch);
    const bool is_last = stretch.line == last_coded_ && stretch.part == CodePart::Instruction;
    if (is_last && !is_shown_.back()) write_lines(last_coded_ + 1, lines_.size());
  }
  if (!is_shown_.back()) {
    const auto first = std::ranges::find(is_shown_, false);
    write_lines(static_cast<size_t>(first - is_shown_.begin()), lines_.size());
  }
  return std::move(out_);
}

void FuncListing::write_lines(size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    const text::InstrLine& line = lines_[i];
    out_ += fmt::format("0x{:0{}x}  {:{}}{}\n", line.offset, offset_digits_, "",
                        2 * std::min(line.depth, kMaxDepth), line.text);
    is_shown_[i] = true;
    shown_last_ = i;
  }
}

void FuncListing::write_head(const Stretch& stretch) {
  const bool is_same = stretch.line == shown_last_ && stretch.part != CodePart::Instruction;
  if (stretch.line != kNoLine && !is_same) write_lines(stretch.line, stretch.line + 1);
  if (stretch.part == CodePart::Instruction) return;
  out_ += fmt::format("{:{}}; {}\n", "", offset_digits_ + 4, to_string(stretch.part));
  if (stretch.line == kNoLine) shown_last_ = kNoLine;
}

void FuncListing::write_code(const Stretch& stretch) {
  for (uint32_t at = stretch.begin; at < stretch.end;) {
    MachineInstr instr = disassembler_.at(code_.code, at);
    if (instr.bytes == 0) instr = {1, fmt::format(".byte {:#x}", code_.code[at])};
    out_ += fmt::format("{:>{}x}:  {}{}\n", at, kAddressWidth, instr.text,
                        remark_on(instr.text, at + instr.bytes, stretch.part));
    at += instr.bytes;
  }
}

void FuncListing::write_data(const Stretch& stretch) {
  for (uint32_t at = stretch.begin, next; at < stretch.end; at = next) {
    next = std::min(stretch.end, (at / kDataBytesPerLine + 1) * kDataBytesPerLine);
    const Bytes bytes = Bytes(code_.code).subspan(at, next - at);
    out_ += fmt::format("{:>{}x}:  {:02x}\n", at, kAddressWidth, fmt::join(bytes, " "));
  }
}

// Which func a call goes to, where a constant is, what is not told from the code around it.
std::string FuncListing::remark_on(std::string_view instr, uint32_t end, CodePart part) const {
  if (instr == "cmp rsp, qword ptr [r13]" && part != CodePart::Poll) return "  ; poll";
  if (const auto distance = offset_from("[rip + 0x", instr))
    return fmt::format("  ; {:#x}", end + *distance);
  // r13 holds the context at every call; between them it may hold anything.
  if (!instr.starts_with("call") && !instr.starts_with("jmp")) return {};
  const auto offset = offset_from("[r13 + 0x", instr);
  if (!offset) return {};
  const auto func = funcs_.find(*offset);
  return func == funcs_.end() ? std::string() : "  ; " + names_.label(func->second);
}

}  // namespace skerry::cli
