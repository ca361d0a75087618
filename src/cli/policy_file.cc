// Reading policies for the command line, and turning them into settings and grants.
#include "cli/policy_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "embed/source.h"
#include "platform/process.h"

namespace skerry::cli {
namespace {

void lower(uint64_t& limit, const std::optional<uint64_t>& by) {
  if (by) limit = std::min(limit, *by);
}
void lower(std::optional<uint64_t>& limit, const std::optional<uint64_t>& by) {
  if (by) limit = std::min(limit.value_or(*by), *by);
}

}  // namespace

Parsed<policy::Values> policy_values(const CommandLine& line) {
  policy::Values values;
  for (const OptionUse& use : line.options) {
    if (use.option != OptionId::Set) continue;
    const size_t equals = use.value.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage_error(fmt::format("`--set {}`: a parameter and its value are needed", use.value),
                         "write --set NAME=VALUE");
    std::erase_if(values, [&](const auto& known) {
      return known.first == std::string_view(use.value).substr(0, equals);
    });
    values.emplace_back(use.value.substr(0, equals), use.value.substr(equals + 1));
  }
  return values;
}

embed::Reported<PolicyFile> load_policy(const std::string& path, const policy::Values& values) {
  const auto source = embed::Source::open(path);
  if (!source) return std::unexpected(source.error());
  auto read = policy::read_policy((*source)->text(), path, values);
  if (read) return PolicyFile{path, std::move(*read)};
  return std::unexpected(mistakes(ErrorCode::PolicyDenied, read.error(), (*source)->text()));
}

Parsed<void> apply_policy(const policy::Policy& policy, RunSettings& settings) {
  constexpr auto kHint = "with --policy everything is granted by that file";
  if (!settings.dirs.empty())
    return usage_error(fmt::format("--dir {} besides --policy", settings.dirs[0].host), kHint);
  if (!settings.env.empty())
    return usage_error(fmt::format("--env {} besides --policy", settings.env[0].first), kHint);
  for (const auto& [option, rules] : {std::pair("--connect", &settings.network.connect_rules),
                                      std::pair("--bind", &settings.network.listen_rules)})
    if (!rules->allow.empty())
      return usage_error(
          fmt::format("{} {} besides --policy", option, rules->allow.front().value.text), kHint);
  if (!settings.args.empty() && !policy.arguments.allow && !settings.func)
    return usage_error("the policy allows no arguments", "[arguments] says `allow = false` in it");
  std::vector<std::string> args;
  for (const auto& [text, place] : policy.arguments.set) args.push_back(text);
  if (!settings.func) settings.args.insert(settings.args.begin(), args.begin(), args.end());

  const auto& limits = policy.limits;
  runtime::StoreLimits& store = settings.engine.limits;
  lower(store.memory_bytes, limits.memory_bytes);
  lower(store.table_elements, limits.table_elements);
  lower(store.instances, limits.instances);
  lower(store.wasm_stack_bytes, limits.stack_bytes);
  lower(settings.engine.time_limit_ms, limits.wall_time_ms);
  lower(settings.engine.fuel, limits.fuel);
  settings.engine.engine.runtime.code.fuel = settings.engine.fuel.has_value();
  return {};
}

embed::Reported<void> grant(const PolicyFile& file, wasi::Config& config) {
  const policy::Policy& policy = file.policy;
  const auto folder = std::filesystem::u8path(file.path).parent_path();
  for (const policy::Directory& directory : policy.directories) {
    const auto path = (folder / std::filesystem::u8path(directory.host)).u8string();
    const std::string host(path.begin(), path.end());
    const auto added =
        config.add_directory(directory.guest, host, directory.access, directory.max_bytes);
    if (!added)
      return embed::report(added.error(),
                           fmt::format("{}: the folder {}: {}", place_text(directory.place),
                                       embed::printable(host), embed::explain(added.error())));
  }
  for (const policy::Variable& variable : policy.environment) {
    // What is to be passed on and is not there is left out, as a shell would.
    const auto value =
        variable.value ? variable.value : platform::environment_variable(variable.name);
    if (value) config.env.push_back(variable.name + "=" + *value);
  }
  const auto stream = [](policy::StreamAccess access) {
    return access == policy::StreamAccess::Inherit ? wasi::Stdio::inherit() : wasi::Stdio::null();
  };
  config.standard_input = stream(policy.stdio.input);
  config.standard_output = stream(policy.stdio.output);
  config.standard_error = stream(policy.stdio.error);
  config.clocks = policy.clocks;
  config.random = policy.random;
  config.policy = std::make_shared<policy::Policy>(policy);
  config.max_written_bytes = policy.limits.written_bytes;
  if (policy.limits.descriptors)
    config.max_descriptors = static_cast<uint32_t>(
        std::min<uint64_t>(*policy.limits.descriptors, config.max_descriptors));
  return {};
}

}  // namespace skerry::cli
