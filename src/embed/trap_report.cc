// Backtraces as text.
#include "embed/trap_report.h"

#include <fmt/format.h>

#include "embed/func_names.h"

namespace skerry::embed {
namespace {

const LoadedModule* module_of(const runtime::Frame& frame, std::span<const LoadedModule> modules) {
  for (const LoadedModule& module : modules)
    if (module.code.get() == frame.module) return &module;
  return nullptr;
}

std::string frame_line(size_t number, const runtime::Frame& frame,
                       std::span<const LoadedModule> modules) {
  const LoadedModule* const module = module_of(frame, modules);
  const std::string name =
      func_name(frame.module->module(), frame.func).value_or(fmt::format("func {}", frame.func));
  const std::string place = module ? locate(module->parsed, frame.module_offset).name
                                   : fmt::format("offset {:#x}", frame.module_offset);
  return fmt::format("  {:>2}: {} at {}\n", number, name, place);
}

std::string headline(const Error& error) {
  const std::string what = explain(error);
  return error_phase(error.code) == Phase::Trap ? "trap: " + what : what;
}

}  // namespace

Report failed_call(const Error& error, const runtime::Backtrace& backtrace,
                   std::span<const LoadedModule> modules) {
  std::string details;
  size_t number = 0;
  for (const runtime::Frame& frame : backtrace.frames) {
    if (number == runtime::kBacktraceInner && backtrace.omitted != 0) {
      details += fmt::format("      ... {} more ...\n", backtrace.omitted);
      number += backtrace.omitted;
    }
    details += frame_line(number++, frame, modules);
  }
  return report(error, headline(error), details).error();
}

}  // namespace skerry::embed
