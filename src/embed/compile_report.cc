// One line a function that could not be compiled.
#include "embed/compile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "embed/func_names.h"

namespace skerry::embed {
namespace {

constexpr size_t kMaxLines = 20;

struct Failure {
  uint32_t func = 0;
  Error error;
};

}  // namespace

Reported<void> compile_whole(const LoadedModule& loaded) {
  const Result<void> compiled = loaded.code->compile_all();
  if (compiled) return {};
  const Module& module = loaded.code->module();
  const std::string& file = loaded.parsed.source->name();
  if (compiled.error().code != ErrorCode::UnsupportedInstruction)
    return report(compiled.error(), fmt::format("{}: {}", file, explain(compiled.error())));
  std::vector<Failure> failures;
  for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
    const auto entry = loaded.code->ensure_compiled(func);
    if (!entry) failures.push_back({func, entry.error()});
  }
  const FuncNames names(module);
  std::string details;
  for (const Failure& failure : std::span(failures).first(std::min(failures.size(), kMaxLines)))
    details +=
        fmt::format("  {} at {}: {}\n", names.label(failure.func),
                    locate(loaded.parsed, failure.error.position).name, explain(failure.error));
  if (failures.size() > kMaxLines)
    details += fmt::format("  ... {} more ...\n", failures.size() - kMaxLines);
  const std::string what = failures.size() == 1
                               ? "a function holds an instruction"
                               : fmt::format("{} of {} functions hold instructions",
                                             failures.size(), module.bodies.size());
  return report(compiled.error(),
                fmt::format("{}: {} that this build does not execute", file, what), details);
}

}  // namespace skerry::embed
