// `skerry validate`: one verdict a file; with --compile, also whether it can be executed here.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/settings.h"
#include "embed/compile_report.h"
#include "embed/source.h"

namespace skerry::cli {
namespace {

// What is said of a file behind its name.
using Verdict = std::string;

embed::Reported<Verdict> validate_file(const std::string& path, Features features,
                                       const std::shared_ptr<TypeRegistry>& registry) {
  auto source = embed::Source::open(path);
  if (!source) return std::unexpected(std::move(source.error()));
  const auto parsed = embed::parse(std::move(*source), features);
  if (!parsed) return std::unexpected(parsed.error());
  const auto validated = embed::validate(*parsed, features, registry);
  if (!validated) return std::unexpected(validated.error());
  return "valid";
}

embed::Reported<Verdict> compile_file(const std::string& path, const embed::Engine& engine) {
  auto source = embed::Source::open(path);
  if (!source) return std::unexpected(std::move(source.error()));
  const auto module = engine.load(std::move(*source));
  if (!module) return std::unexpected(module.error());
  if (auto compiled = embed::compile_whole(*module); !compiled)
    return std::unexpected(std::move(compiled.error()));
  const auto stats = module->code->stats();
  return fmt::format("valid, {} functions compiled to {} bytes", stats.funcs_compiled,
                     stats.code_bytes);
}

// What --compile needs besides.
Result<std::optional<embed::Engine>> engine_for(const CommandLine& line,
                                                const EngineSettings& settings) {
  if (!line.has(OptionId::Compile)) return std::nullopt;
  return TRY(embed::Engine::create(settings.engine));
}

}  // namespace

int validate_command(const CommandLine& line) {
  const auto settings = engine_settings(line);
  if (!settings) return print_usage_error(settings.error());
  if (line.operands.empty())
    return print_usage_error({"which FILE?", "see `skerry help validate`"});
  const auto engine = engine_for(line, *settings);
  if (!engine) {
    print_error(embed::report(engine.error(), embed::explain(engine.error())).error());
    return number(ExitStatus::Failure);
  }
  const auto registry = std::make_shared<TypeRegistry>();
  ExitStatus status = ExitStatus::Success;
  for (const std::string& path : line.operands) {
    const auto verdict = *engine ? compile_file(path, **engine)
                                 : validate_file(path, settings->engine.features, registry);
    if (verdict) {
      fmt::print("{}: {}\n", path, *verdict);
    } else {
      print_error(verdict.error());
      status = ExitStatus::Failure;
    }
  }
  return number(status);
}

}  // namespace skerry::cli
