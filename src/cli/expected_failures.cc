// Reading and asking the list.
#include "cli/expected_failures.h"

#include <fmt/format.h>

#include <charconv>

namespace skerry::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// What stands before the separator; `rest` becomes what stands behind it.
std::string_view take_until(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trimmed(part);
}

std::optional<uint64_t> line_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Parsed<ExpectedFailures::Row> ExpectedFailures::parse_row(std::string_view line) {
  Row row;
  std::string_view rest = line;
  row.script = take_until(rest, '|');
  std::string_view lines = take_until(rest, '|');
  row.reason = trimmed(rest);
  if (row.script.empty() || lines.empty() || row.reason.empty())
    return usage_error("a row is `script | lines | reason`");
  while (!lines.empty()) {
    std::string_view last = take_until(lines, ',');
    if (last == "*") {
      row.lines.push_back({0, UINT64_MAX});
      continue;
    }
    const std::string_view first = take_until(last, '-');
    const auto first_number = line_number(first);
    const auto last_number = last.empty() ? first_number : line_number(trimmed(last));
    if (!first_number || !last_number || *last_number < *first_number)
      return usage_error(fmt::format("`{}` is no line or range of lines", first));
    row.lines.push_back({*first_number, *last_number});
  }
  return row;
}

Parsed<ExpectedFailures> ExpectedFailures::parse(std::string_view text) {
  ExpectedFailures result;
  for (uint64_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_until(text, '\n');
    if (line.empty() || line[0] == '#') continue;
    auto row = parse_row(line);
    if (!row) return usage_error(fmt::format("line {}: {}", number, row.error().message));
    result.rows_.push_back(std::move(*row));
  }
  return result;
}

std::optional<std::string_view> ExpectedFailures::reason(std::string_view script,
                                                         uint64_t line) const {
  for (const Row& row : rows_) {
    if (!script.ends_with(row.script)) continue;
    // "b.wast" is not the end of the path "ab.wast".
    if (script.size() > row.script.size()) {
      const char before = script[script.size() - row.script.size() - 1];
      if (before != '/' && before != '\\') continue;
    }
    for (const LineRange& range : row.lines)
      if (line >= range.first && line <= range.last) return row.reason;
  }
  return std::nullopt;
}

}  // namespace skerry::cli
