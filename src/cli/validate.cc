// `skerry validate`: one verdict a file.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/settings.h"
#include "embed/source.h"

namespace skerry::cli {
namespace {

embed::Reported<void> validate_file(const std::string& path, Features features,
                                    const std::shared_ptr<TypeRegistry>& registry) {
  auto source = embed::Source::open(path);
  if (!source) return std::unexpected(std::move(source.error()));
  const auto parsed = embed::parse(std::move(*source), features);
  if (!parsed) return std::unexpected(parsed.error());
  const auto validated = embed::validate(*parsed, features, registry);
  if (!validated) return std::unexpected(validated.error());
  return {};
}

}  // namespace

int validate_command(const CommandLine& line) {
  const auto settings = engine_settings(line);
  if (!settings) return print_usage_error(settings.error());
  if (line.operands.empty())
    return print_usage_error({"which FILE?", "see `skerry help validate`"});
  const auto registry = std::make_shared<TypeRegistry>();
  ExitStatus status = ExitStatus::Success;
  for (const std::string& path : line.operands) {
    if (const auto valid = validate_file(path, settings->engine.features, registry)) {
      fmt::print("{}: valid\n", path);
    } else {
      print_error(valid.error());
      status = ExitStatus::Failure;
    }
  }
  return number(status);
}

}  // namespace skerry::cli
