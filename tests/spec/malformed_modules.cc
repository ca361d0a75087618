// Damages every module of the suite and looks for answers that are not orderly: the binary form
// goes through decoding and validation, the text through parsing and printing. Which changes are
// tried is chosen evenly and always the same way; `--changes N` (default 40) is how many a module
// at most. usage: malformed_modules [--changes N] FOLDER...
#include <cstring>
#include <set>

#include "../unit/support/malformed_sweep.h"
#include "binary/encoder.h"
#include "suite_modules.h"
#include "text/parse.h"
#include "text/print.h"

using namespace skerry;

namespace {

std::string disorder_of_text(const std::string& source) {
  const auto module = text::parse_module(source, Features());
  if (!module) {
    if (error_phase(module.error().code) == Phase::Internal) return "parsing: internal error";
    return module.error().position <= source.size() ? "" : "the error lies behind the end";
  }
  const auto printed = text::print_module(**module);
  if (!printed) return "does not print";
  const auto again = text::parse_module(*printed, Features());
  if (!again) return "printed: " + std::string(error_text(again.error().code));
  return encode_module(**again) == encode_module(**module) ? "" : "changes when it is printed";
}

// The text cut off, and one character replaced by one with a meaning, at `step` bytes' distance.
std::string sweep_text(std::string_view source, size_t step) {
  constexpr std::string_view kTelling = "()\";$@\\0 -\xff_";
  for (size_t at = 0; at < source.size(); at += step) {
    std::string disorder = disorder_of_text(std::string(source.substr(0, at)));
    std::string changed(source);
    changed[at] = kTelling[at / step % kTelling.size()];
    if (disorder.empty()) disorder = disorder_of_text(changed);
    if (!disorder.empty()) return disorder + ", changed at " + std::to_string(at);
  }
  return "";
}

std::string sweep_module(const test::SuiteModule& found, size_t changes) {
  const test::Buffer bytes =
      found.script.form == text::ModuleForm::Binary
          ? test::Buffer(found.script.bytes.begin(), found.script.bytes.end())
          : encode_module(found.module);
  // Not a multiple of the sweep's rounds, so that each kind of change gets its turn.
  const size_t step = (test::sweep_size(bytes) / changes) | 1;
  std::string disorder = test::sweep(bytes, [step](size_t number) { return number % step == 0; });
  if (!disorder.empty() || found.script.form != text::ModuleForm::Text) return disorder;
  const auto& range = found.script.range;
  const std::string_view source = found.source.substr(range.begin, range.length());
  return sweep_text(source, source.size() / changes + 1);
}

}  // namespace

int main(int argc, char** argv) {
  size_t changes = 40;
  int modules = 0, failures = 0;
  std::set<std::vector<uint8_t>> seen;  // folders share many modules
  const auto visit = [&](const test::SuiteModule& found) {
    if (!seen.insert(encode_module(found.module)).second) return;
    ++modules;
    const std::string disorder = sweep_module(found, changes);
    if (disorder.empty()) return;
    ++failures;
    std::printf("%s: %s\n", test::place(found).c_str(), disorder.c_str());
  };
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--changes") == 0 && i + 1 < argc)
      changes = std::strtoul(argv[++i], nullptr, 10);
    else
      test::for_each_module(argv[i], visit);
  }
  std::printf("%d modules, %d with disorderly answers\n", modules, failures);
  return failures || modules == 0 ? 1 : 0;
}
