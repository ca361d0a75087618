// Lines with carets, and places.
#include "embed/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
namespace skerry::embed {
namespace {

// Line `number` (from 1) of a text, or nothing.
std::string_view line_of(std::string_view text, uint32_t number) {
  for (uint32_t i = 1; i < number; ++i) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::string_view text_of_document(const std::string& document, std::string_view own_text) {
  const auto templates = policy::all_templates();
  const auto found = std::ranges::find(templates, document, &policy::Template::name);
  return found == templates.end() ? own_text : found->text;
}

std::string describe(const policy::Diagnostic& diagnostic, std::string_view own_text) {
  std::string text =
      fmt::format("error: {}: {}\n", place_text(diagnostic.place), printable(diagnostic.text()));
  const std::string_view line =
      diagnostic.place.line == 0
          ? std::string_view()
          : line_of(text_of_document(diagnostic.place.document, own_text), diagnostic.place.line);
  if (!line.empty()) {
    const size_t before = std::min<size_t>(diagnostic.place.column - 1, line.size());
    text += fmt::format("  {}\n  {:>{}}\n", printable(line), "^", before + 1);
  }
  if (!diagnostic.hint.empty()) text += fmt::format("  {}\n", printable(diagnostic.hint));
  return text;
}

}  // namespace

std::string place_text(const policy::Place& place) {
  const auto templates = policy::all_templates();
  const bool is_template =
      std::ranges::find(templates, place.document, &policy::Template::name) != templates.end();
  std::string text = (is_template ? "template " : "") + printable(place.document);
  if (place.line != 0) text += fmt::format(":{}", place.line);
  return text;
}

Report mistakes(ErrorCode code, const std::vector<policy::Diagnostic>& diagnostics,
                std::string_view text) {
  Report report{Error{code}, {}};
  for (const policy::Diagnostic& diagnostic : diagnostics)
    report.text += describe(diagnostic, text);
  return report;
}

}  // namespace skerry::embed
