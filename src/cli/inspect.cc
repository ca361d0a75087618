// `skerry inspect`: facts of a module, as tables or JSON, or one func's code.
#include <cstdio>

#include "binary/decoder.h"
#include "binary/encoder.h"
#include "cli/commands.h"
#include "cli/disassembly.h"
#include "cli/exit_status.h"
#include "cli/inspection.h"
#include "cli/settings.h"
#include "embed/source.h"

namespace skerry::cli {
namespace {

embed::Reported<Inspection> inspect_file(const std::string& path, Features features) {
  auto source = embed::Source::open(path);
  if (!source) return std::unexpected(std::move(source.error()));
  const bool is_text = (*source)->is_text();
  auto parsed = embed::parse(std::move(*source), features);
  if (!parsed) return std::unexpected(parsed.error());
  if (is_text) {
    // Sections and offsets are facts of the binary format.
    const auto binary = embed::Source::of_bytes(path, encode_module(*parsed->module));
    parsed = embed::parse(binary, features);
    if (!parsed) return std::unexpected(parsed.error());
  }
  Inspection facts = inspect(*parsed->module, parsed->source->bytes());
  facts.file = path;
  facts.is_text = is_text;
  return facts;
}

int disassemble(const CommandLine& line, std::string_view func, const EngineSettings& settings) {
  if (line.has(OptionId::Json)) return print_usage_error({"--disasm has no form in --json", {}});
  const auto text = disassembly_text(line.operands[0], func, settings.engine);
  if (!text) {
    print_error(text.error());
    return number(ExitStatus::Failure);
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return number(ExitStatus::Success);
}

}  // namespace

int inspect_command(const CommandLine& line) {
  const auto settings = engine_settings(line);
  if (!settings) return print_usage_error(settings.error());
  if (line.operands.size() != 1)
    return print_usage_error({"inspect takes one FILE", "see `skerry help inspect`"});
  if (const auto func = line.last(OptionId::Disasm)) return disassemble(line, *func, *settings);
  const auto facts = inspect_file(line.operands[0], settings->engine.features);
  if (!facts) {
    print_error(facts.error());
    return number(ExitStatus::Failure);
  }
  const std::string text =
      line.has(OptionId::Json) ? inspection_json(*facts) : inspection_text(*facts);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return number(ExitStatus::Success);
}

}  // namespace skerry::cli
