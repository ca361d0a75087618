// Prints every module of the suite in each style and parses it again: what comes out has to be the
// same module, byte for byte once both are encoded. Modules that are invalid but decode are printed
// too. usage: print_round_trip FOLDER...
#include "binary/encoder.h"
#include "suite_modules.h"
#include "text/parse.h"
#include "text/print.h"

using namespace skerry;

namespace {

// What came out of printing and parsing, or nothing and `complaint`.
std::shared_ptr<Module> reparse(const Module& module, const text::PrintOptions& options,
                                std::string& complaint) {
  const auto printed = text::print_module(module, options);
  if (!printed) {
    complaint = "does not print: " + std::string(error_text(printed.error().code));
    return nullptr;
  }
  text::Diagnostic diagnostic;
  text::ParseOptions parse_options;
  parse_options.diagnostic = &diagnostic;
  const auto again = text::parse_module(*printed, Features(), parse_options);
  if (again) return *again;
  complaint = text::format_diagnostic("printed", *printed, diagnostic);
  return nullptr;
}

// Bytes that say a thing in more words than needed (overlong numbers, locals declared one by one, a
// data count that nothing uses): the text says the same, but no longer how.
bool is_other_encoding(const test::SuiteModule& found, const Module& again,
                       const text::PrintOptions& options) {
  return found.script.form == text::ModuleForm::Binary &&
         text::print_module(found.module, options) == text::print_module(again, options);
}

struct Verdict {
  std::string complaint;  // empty: all is well
  bool is_other_encoding = false;
};

Verdict check(const test::SuiteModule& found) {
  Verdict verdict;
  const std::vector<uint8_t> wanted = encode_module(found.module);
  for (const bool fold : {false, true})
    for (const bool names : {true, false}) {
      const text::PrintOptions options{.fold = fold, .names = names, .offsets = false};
      const auto again = reparse(found.module, options, verdict.complaint);
      if (!again) return verdict;
      if (encode_module(*again) == wanted) continue;
      verdict.is_other_encoding = is_other_encoding(found, *again, options);
      if (!verdict.is_other_encoding) return {fold ? "differs (folded)" : "differs (flat)"};
    }
  return verdict;
}

}  // namespace

int main(int argc, char** argv) {
  int modules = 0, failures = 0, other_encodings = 0;
  const auto visit = [&](const test::SuiteModule& found) {
    if (found.is_malformed) return;
    ++modules;
    const Verdict verdict = check(found);
    if (verdict.is_other_encoding) ++other_encodings;
    if (verdict.complaint.empty()) return;
    ++failures;
    std::printf("%s: %s\n", test::place(found).c_str(), verdict.complaint.c_str());
  };
  for (int i = 1; i < argc; ++i) test::for_each_module(argv[i], visit);
  std::printf("%d modules, %d of them the same in other bytes, %d failures\n", modules,
              other_encodings, failures);
  return failures || modules == 0 ? 1 : 0;
}
