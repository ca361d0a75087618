// Backtraces as text.
#include "embed/trap_report.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <vector>

#include "binary/debug_lines.h"
#include "embed/func_names.h"

namespace skerry::embed {
namespace {

// Frames of one report, with the names and the debug information of each module read once.
class FrameWriter {
 public:
  FrameWriter(std::span<const LoadedModule> modules, std::span<const runtime::Frame> frames)
      : modules_(modules), source_lines_(frames.size()) {
    struct Offsets {
      std::vector<uint64_t> offsets;
      std::vector<size_t> frames;
    };
    std::map<const runtime::ModuleCode*, Offsets> asked;
    for (size_t i = 0; i < frames.size(); ++i) {
      asked[frames[i].module].offsets.push_back(frames[i].module_offset);
      asked[frames[i].module].frames.push_back(i);
    }
    for (const auto& [module, of_module] : asked) {
      auto lines = find_source_lines(module->module(), of_module.offsets);
      for (size_t i = 0; i < lines.size(); ++i)
        source_lines_[of_module.frames[i]] = std::move(lines[i]);
    }
  }

  // `index`: in the frames given; `number`: counts those that were omitted, too.
  std::string line(size_t index, uint64_t number, const runtime::Frame& frame) {
    return fmt::format("  {:>2}: {} at {}\n", number, names_of(frame).label(frame.func),
                       place_of(index, frame));
  }

 private:
  // A module made from text is its own source.
  std::string place_of(size_t index, const runtime::Frame& frame) const {
    const LoadedModule* const module = module_of(frame);
    std::string place = module ? locate(module->parsed, frame.module_offset).name
                               : fmt::format("offset {:#x}", frame.module_offset);
    const std::optional<SourceLine>& source = source_lines_[index];
    if (!source || (module && module->parsed.source_map)) return place;
    const std::string column = source->column ? fmt::format(":{}", source->column) : "";
    return fmt::format("{}:{}{} ({})", source->file, source->line, column, place);
  }
  const LoadedModule* module_of(const runtime::Frame& frame) const {
    for (const LoadedModule& module : modules_)
      if (module.code.get() == frame.module) return &module;
    return nullptr;
  }
  const FuncNames& names_of(const runtime::Frame& frame) {
    return names_.try_emplace(frame.module, frame.module->module()).first->second;
  }

  std::span<const LoadedModule> modules_;
  std::vector<std::optional<SourceLine>> source_lines_;  // one a frame
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
  FrameWriter writer(modules, backtrace.frames);
  for (size_t i = 0; i < backtrace.frames.size(); ++i) {
    const bool is_outer = i >= runtime::kBacktraceInner;
    if (i == runtime::kBacktraceInner && backtrace.omitted != 0)
      details += fmt::format("      ... {} more ...\n", backtrace.omitted);
    details += writer.line(i, i + (is_outer ? backtrace.omitted : 0), backtrace.frames[i]);
  }
  return report(error, headline(error), details).error();
}

}  // namespace skerry::embed
