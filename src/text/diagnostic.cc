// Diagnostics as text: position, source line, caret.
#include "text/diagnostic.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "text/utf8.h"

namespace skerry::text {
namespace {

// Of a longer line (minified modules have lines of megabytes) only a window is shown.
constexpr uint64_t kWindowChars = 100;
constexpr uint64_t kCharsBeforeCaret = 60;

struct Line {
  uint64_t begin = 0;
  uint64_t end = 0;  // without the line break
};

Line line_around(std::string_view source, uint64_t offset) {
  offset = std::min<uint64_t>(offset, source.size());
  const size_t before = offset == 0 ? std::string_view::npos : source.rfind('\n', offset - 1);
  Line line;
  line.begin = before == std::string_view::npos ? 0 : before + 1;
  line.end = std::min(source.find('\n', offset), source.size());
  if (line.end > line.begin && source[line.end - 1] == '\r') --line.end;
  return line;
}

// The end of the character `count` characters on, at most `limit`.
uint64_t skip_chars(std::string_view source, uint64_t from, uint64_t count, uint64_t limit) {
  for (; count > 0 && from < limit; --count) from += decode_utf8(source, from).length;
  return std::min(from, limit);
}

// Where the window of the line begins: at most kCharsBeforeCaret characters before the caret.
uint64_t window_begin(std::string_view source, Line line, uint64_t caret) {
  uint64_t begin = caret;
  for (uint64_t count = 0; begin > line.begin && count < kCharsBeforeCaret; ++count) {
    --begin;
    while (begin > line.begin && (static_cast<uint8_t>(source[begin]) & 0xc0) == 0x80) --begin;
  }
  return begin;
}

void append_snippet(std::string& out, std::string_view source, uint64_t position, uint64_t length) {
  const Line line = line_around(source, position);
  const uint64_t caret = std::min(position, line.end);
  const uint64_t begin = window_begin(source, line, caret);
  const uint64_t end = skip_chars(source, begin, kWindowChars, line.end);
  const uint64_t underlined_end = std::min(std::max(caret + length, caret + 1), end);

  std::string text = begin > line.begin ? "..." : "";
  std::string marks(text.size(), ' ');
  for (uint64_t at = begin; at < end;) {
    const DecodedChar c = decode_utf8(source, at);
    const bool shown = c.is_valid && (c.code_point == '\t' || is_printable(c.code_point));
    append_utf8(text, shown ? c.code_point : 0xfffd);
    if (at < caret) marks.push_back(c.code_point == '\t' ? '\t' : ' ');
    if (at > caret && at < underlined_end) marks.push_back('~');
    if (at == caret) marks.push_back('^');
    at += c.length;
  }
  if (caret == end) marks.push_back('^');
  if (end < line.end) text += "...";

  const std::string number = std::to_string(locate(source, position).line);
  const std::string gutter(number.size(), ' ');
  out += fmt::format("  {} | {}\n  {} | {}\n", number, text, gutter, marks);
}

// Messages quote names from the source; they get the same treatment as the source line.
std::string without_controls(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    append_utf8(out, c.is_valid && (c.code_point == '\t' || is_printable(c.code_point))
                         ? c.code_point
                         : 0xfffd);
    at += c.length;
  }
  return out;
}

void append_place(std::string& out, std::string_view file, std::string_view source,
                  uint64_t position, std::string_view message) {
  const TextPosition place = locate(source, position);
  out += fmt::format("{}:{}:{}: {}\n", file, place.line, place.column, without_controls(message));
}

}  // namespace

TextPosition locate(std::string_view source, uint64_t offset) {
  offset = std::min<uint64_t>(offset, source.size());
  TextPosition position;
  const std::string_view before = source.substr(0, offset);
  position.line = 1 + static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_break = before.rfind('\n');
  size_t at = line_break == std::string_view::npos ? 0 : line_break + 1;
  for (; at < offset; at += decode_utf8(source, at).length) ++position.column;
  return position;
}

std::unexpected<Error> report(Diagnostic& out, ErrorCode code, uint64_t position, uint64_t length,
                              std::string message, std::string help) {
  out = Diagnostic{};
  out.error = Error{code, position};
  out.length = length;
  out.message = std::move(message);
  out.help = std::move(help);
  return std::unexpected(out.error);
}

std::string format_diagnostic(std::string_view file, std::string_view source,
                              const Diagnostic& diagnostic) {
  const std::string_view message =
      diagnostic.message.empty() ? error_text(diagnostic.error.code) : diagnostic.message;
  if (diagnostic.error.position == kNoPosition)
    return fmt::format("{}: {}\n", file, without_controls(message));

  std::string out;
  append_place(out, file, source, diagnostic.error.position, message);
  append_snippet(out, source, diagnostic.error.position, diagnostic.length);
  if (!diagnostic.help.empty())
    out += fmt::format("  = help: {}\n", without_controls(diagnostic.help));
  if (diagnostic.note.position != kNoPosition) {
    append_place(out, file, source, diagnostic.note.position, "note: " + diagnostic.note.text);
    append_snippet(out, source, diagnostic.note.position, diagnostic.note.length);
  }
  return out;
}

std::string format_diagnostic(std::string_view file, std::string_view source, const Error& error) {
  Diagnostic diagnostic;
  diagnostic.error = error;
  return format_diagnostic(file, source, diagnostic);
}

}  // namespace skerry::text
