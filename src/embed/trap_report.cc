// Backtraces as text.
#include "embed/trap_report.h"

#include <fmt/format.h>

#include <map>

#include "embed/func_names.h"

namespace skerry::embed {
namespace {

// Frames of one report, with the names of each module read once.
class FrameWriter {
 public:
  explicit FrameWriter(std::span<const LoadedModule> modules) : modules_(modules) {}

  std::string line(size_t number, const runtime::Frame& frame) {
    const LoadedModule* const module = module_of(frame);
    const std::string place = module ? locate(module->parsed, frame.module_offset).name
                                     : fmt::format("offset {:#x}", frame.module_offset);
    return fmt::format("  {:>2}: {} at {}\n", number, names_of(frame).label(frame.func), place);
  }

 private:
  const LoadedModule* module_of(const runtime::Frame& frame) const {
    for (const LoadedModule& module : modules_)
      if (module.code.get() == frame.module) return &module;
    return nullptr;
  }
  const FuncNames& names_of(const runtime::Frame& frame) {
    return names_.try_emplace(frame.module, frame.module->module()).first->second;
  }

  std::span<const LoadedModule> modules_;
  std::map<const runtime::ModuleCode*, FuncNames> names_;
};

std::string headline(const Error& error) {
  const std::string what = explain(error);
  return error_phase(error.code) == Phase::Trap ? "trap: " + what : what;
}

}  // namespace

Report failed_call(const Error& error, const runtime::Backtrace& backtrace,
                   std::span<const LoadedModule> modules) {
  std::string details;
  FrameWriter writer(modules);
  size_t number = 0;
  for (const runtime::Frame& frame : backtrace.frames) {
    if (number == runtime::kBacktraceInner && backtrace.omitted != 0) {
      details += fmt::format("      ... {} more ...\n", backtrace.omitted);
      number += backtrace.omitted;
    }
    details += writer.line(number++, frame);
  }
  return report(error, headline(error), details).error();
}

}  // namespace skerry::embed
