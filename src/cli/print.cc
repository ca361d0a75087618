// `skerry print`: a module as text.
#include "text/print.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/settings.h"
#include "embed/source.h"

namespace skerry::cli {
namespace {

embed::Reported<std::string> print_file(const std::string& path, Features features,
                                        const text::PrintOptions& options) {
  auto source = embed::Source::open(path);
  if (!source) return std::unexpected(std::move(source.error()));
  const auto parsed = embed::parse(std::move(*source), features);
  if (!parsed) return std::unexpected(parsed.error());
  auto text = text::print_module(*parsed->module, options);
  if (!text) return embed::invalid_module(*parsed, text.error());
  return std::move(*text);
}

}  // namespace

int print_command(const CommandLine& line) {
  const auto settings = engine_settings(line);
  if (!settings) return print_usage_error(settings.error());
  if (line.operands.size() != 1)
    return print_usage_error({"print takes one FILE", "see `skerry help print`"});
  text::PrintOptions options;
  options.fold = line.has(OptionId::Fold);
  options.offsets = line.has(OptionId::Offsets);
  const auto text = print_file(line.operands[0], settings->engine.features, options);
  if (!text) {
    print_error(text.error());
    return number(ExitStatus::Failure);
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return number(ExitStatus::Success);
}

}  // namespace skerry::cli
