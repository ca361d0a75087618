// One function an option that takes a value, found through a table.
#include "cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/nearest_name.h"
#include "base/quantities.h"
#include "cli/key_files.h"
#include "cli/policy_file.h"
#include "cli/quantities.h"
#include "embed/report.h"
#include "platform/process.h"

namespace skerry::cli {
namespace {

using Applied = Parsed<void>;

constexpr uint64_t kMaxJobs = 256;
constexpr uint64_t kLongestTimeSliceMs = 1000 * 3600;

// An option whose values are looked up in a list.
std::unexpected<UsageError> unknown_value(std::string_view what, std::string_view value,
                                          std::span<const std::string_view> known) {
  return usage_error(fmt::format("unknown {} `{}`{}", what, value, did_you_mean(value, known)),
                     fmt::format("there are: {}", fmt::join(known, ", ")));
}

Applied set_feature(Features& features, std::string_view name, bool on) {
  std::vector<std::string_view> known = {"all"};
  for (const FeatureInfo& row : all_features()) known.push_back(row.cli_name);
  const auto feature = find_feature(name);
  if (!feature && name != "all") return unknown_value("feature", name, known);
  if (feature == Feature::Mvp && !on)
    return usage_error("`mvp` cannot be disabled: it is WebAssembly 1.0 itself");
  for (const FeatureInfo& row : all_features())
    if (name == "all" || row.feature == feature) features.set(row.feature, on);
  return {};
}

// "simd" or a list, "simd,gc".
Applied set_features(Features& features, std::string_view list, bool on) {
  do {
    const size_t comma = std::min(list.find(','), list.size());
    if (auto applied = set_feature(features, list.substr(0, comma), on); !applied) return applied;
    list.remove_prefix(std::min(comma + 1, list.size()));
  } while (!list.empty());
  return {};
}

// A number option: its reader and where the number goes.
template <class Parse, class Store>
Applied set_number(std::string_view option, std::string_view value, Parse parse, Store store) {
  const Parsed<uint64_t> number = parse(value);
  if (!number)
    return usage_error(fmt::format("{}: {}", option, number.error().message), number.error().hint);
  store(*number);
  return {};
}

class EngineReader {
 public:
  EngineSettings settings;

  Applied apply(const OptionUse& use) {
    const std::string_view name = info(use.option).long_name();
    switch (use.option) {
      case OptionId::TimeLimit: return set_time_limit(name, use.value);
      case OptionId::MemoryLimit: return set_memory_limit(name, use.value);
      case OptionId::MemoryPageLimit:
        return set_number(name, use.value, parse_count, [this](uint64_t pages) {
          settings.limits.memory_bytes =
              pages > UINT64_MAX / kWasmPageBytes ? UINT64_MAX : pages * kWasmPageBytes;
        });
      case OptionId::Fuel: return set_fuel(name, use.value);
      case OptionId::StackLimit: return set_stack_limit(name, use.value);
      case OptionId::Enable: return set_features(settings.engine.features, use.value, true);
      case OptionId::Disable: return set_features(settings.engine.features, use.value, false);
      case OptionId::Tier: return set_tier(use.value);
      case OptionId::GoPreempt: return set_go_time_slice(name, use.value);
      case OptionId::Profile: return set_profile(use.value);
      case OptionId::HotAfter: return set_hot_after(name, use.value);
      case OptionId::Bounds: return set_bounds(use.value);
      case OptionId::Optimize: return set_optimization(use.value);
      case OptionId::Cpu: return set_cpu(use.value);
      case OptionId::Target: return check_target(use.value);
      case OptionId::Wasm: return set_wasmtime_options(use.value);
      default: return {};
    }
  }

 private:
  Applied set_time_limit(std::string_view name, std::string_view value) {
    return set_number(name, value, parse_time_ms,
                      [this](uint64_t ms) { settings.time_limit_ms = ms; });
  }
  Applied set_memory_limit(std::string_view name, std::string_view value) {
    return set_number(name, value, parse_size_bytes,
                      [this](uint64_t bytes) { settings.limits.memory_bytes = bytes; });
  }
  Applied set_fuel(std::string_view name, std::string_view value) {
    return set_number(name, value, parse_count, [this](uint64_t units) {
      settings.fuel = units;
      settings.engine.runtime.code.fuel = true;
    });
  }
  Applied set_stack_limit(std::string_view name, std::string_view value) {
    return set_number(name, value, parse_size_bytes,
                      [this](uint64_t bytes) { settings.limits.wasm_stack_bytes = bytes; });
  }
  Applied set_tier(std::string_view value) {
    using enum embed::Tier;
    constexpr std::array<std::string_view, 3> kNames = {"auto", "baseline", "llvm"};
    constexpr std::array<embed::Tier, 3> kTiers = {Auto, Baseline, Llvm};
    const auto found = std::ranges::find(kNames, value);
    if (found == kNames.end()) return unknown_value("tier", value, kNames);
    settings.engine.tier = kTiers[static_cast<size_t>(found - kNames.begin())];
    return {};
  }
  Applied set_go_time_slice(std::string_view name, std::string_view value) {
    if (value == "0") {
      settings.go_time_slice = {};
      return {};
    }
    return set_number(name, value, parse_time_ms, [this](uint64_t ms) {
      settings.go_time_slice = std::chrono::milliseconds(std::min(ms, kLongestTimeSliceMs));
    });
  }
  Applied set_profile(std::string_view value) {
    const auto found = std::ranges::find(kProfilers, value);
    if (found == kProfilers.end()) return unknown_value("profiler", value, kProfilers);
    constexpr std::array<embed::Profile, kProfilers.size()> kProfiles = {embed::Profile::Perf,
                                                                         embed::Profile::Gdb};
    settings.engine.profile = kProfiles[static_cast<size_t>(found - kProfilers.begin())];
    return {};
  }
  Applied set_hot_after(std::string_view name, std::string_view value) {
    return set_number(name, value, parse_count, [this](uint64_t calls) {
      settings.engine.hot_after_calls =
          static_cast<uint32_t>(std::min<uint64_t>(calls, UINT32_MAX));
    });
  }
  Applied set_bounds(std::string_view value) {
    constexpr std::array<std::string_view, 2> kBounds = {"guard", "explicit"};
    if (value != kBounds[0] && value != kBounds[1])
      return unknown_value("value of --bounds", value, kBounds);
    settings.engine.runtime.code.explicit_bounds = value == kBounds[1];
    return {};
  }

  Applied set_optimization(std::string_view value) {
    constexpr std::array<std::string_view, 5> kLevels = {"0", "1", "2", "3", "s"};
    const auto found = std::ranges::find(kLevels, value);
    if (found == kLevels.end()) return unknown_value("level of -O", value, kLevels);
    settings.engine.compiler.optimization = static_cast<Optimization>(found - kLevels.begin());
    return {};
  }
  Applied set_cpu(std::string_view value) {
    const auto cpu = find_cpu(value);
    if (!cpu) return unknown_value("CPU", value, cpu_names());
    settings.engine.compiler.cpu = *cpu;
    return {};
  }
  static Applied check_target(std::string_view value) {
    if (std::ranges::find(kTargets, value) == kTargets.end())
      return unknown_value("target", value, kTargets);
    if (!value.starts_with("x86_64"))
      return usage_error(fmt::format("--target {}: not supported yet", value),
                         "x86_64-linux and x86_64-windows are");
    return {};
  }

  // "fuel=5,simd=n,gc"
  Applied set_wasmtime_options(std::string_view list) {
    while (!list.empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      const std::string_view item = list.substr(0, comma);
      const size_t equals = std::min(item.find('='), item.size());
      const std::string_view value = item.substr(std::min(equals + 1, item.size()));
      if (auto applied = set_wasmtime_option(item.substr(0, equals), value); !applied)
        return applied;
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return {};
  }

  Applied set_wasmtime_option(std::string_view key, std::string_view value) {
    if (key == "fuel") return set_fuel("-W fuel", value);
    if (key == "timeout") return set_time_limit("-W timeout", value);
    if (key == "max-memory-size") return set_memory_limit("-W max-memory-size", value);
    if (key == "max-wasm-stack") return set_stack_limit("-W max-wasm-stack", value);
    const std::string_view feature = key == "all-proposals" ? "all" : key;
    if (feature != "all" && !find_feature(feature)) return unknown_wasmtime_option(key);
    const bool on = value.empty() || value == "y" || value == "yes" || value == "true";
    const bool off = value == "n" || value == "no" || value == "false";
    if (!on && !off) return usage_error(fmt::format("-W {}: `{}` is neither y nor n", key, value));
    return set_feature(settings.engine.features, feature, on);
  }

  static std::unexpected<UsageError> unknown_wasmtime_option(std::string_view key) {
    std::vector<std::string_view> known = {"fuel", "timeout", "max-memory-size", "max-wasm-stack",
                                           "all-proposals"};
    for (const FeatureInfo& row : all_features()) known.push_back(row.cli_name);
    return unknown_value("setting of -W", key, known);
  }
};

Applied add_variable(std::string_view value, RunSettings& settings) {
  const size_t equals = value.find('=');
  std::string name(value.substr(0, equals));
  if (name.empty())
    return usage_error(fmt::format("`--env {}`: the variable has no name", value),
                       "write NAME=VALUE, or NAME to pass on the host's value");
  if (equals != std::string_view::npos) {
    settings.env.emplace_back(std::move(name), value.substr(equals + 1));
    return {};
  }
  auto inherited = platform::environment_variable(name);
  if (!inherited)
    return usage_error(fmt::format("`--env {}`: the host has no variable of that name", name),
                       "write NAME=VALUE to set one");
  settings.env.emplace_back(std::move(name), std::move(*inherited));
  return {};
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::u8path(path), ignored);
}

// FILE and ARGS, in the order that --invoke and --reactor ask for.
Applied read_operands(const CommandLine& line, RunSettings& settings) {
  std::vector<std::string> words = line.operands;
  if (words.empty()) return usage_error("which FILE?", "see `skerry --help`");
  if (line.has(OptionId::Reactor)) {
    if (const auto func = line.last(OptionId::Invoke)) {
      words.insert(words.begin() + 1, std::string(*func));
    }
    if (words.size() < 2)
      return usage_error("--reactor needs a FILE and a FUNC",
                         "write skerry --reactor FILE FUNC [ARGS]...");
    if (!is_file(words[0]) && is_file(words[1])) std::swap(words[0], words[1]);
    settings.func = words[1];
    words.erase(words.begin() + 1);
  } else if (const auto func = line.last(OptionId::Invoke)) {
    settings.func = *func;
  }
  settings.file = words[0];
  settings.args.assign(words.begin() + 1, words.end());
  return {};
}

Applied add_trusted(const std::string& key, embed::NativeCodeOptions& native) {
  const auto found = read_public_key(key);
  if (!found)
    return usage_error(fmt::format("--trust {}: {}", key, embed::explain(found.error())),
                       "a KEY is what `skerry key new FILE` printed, or its file FILE.pub");
  native.trusted.push_back(*found);
  return {};
}

// hello.wasm -> hello.skc
std::string default_output(const std::string& in) {
  const size_t slash = in.find_last_of("/\\");
  const size_t dot = in.rfind('.');
  const bool has_ending =
      dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
  return (has_ending ? in.substr(0, dot) : in) + ".skc";
}

// What says what is granted, and who wants to know what is asked for.
Applied read_policy_options(const CommandLine& line, RunSettings& settings) {
  settings.policy = line.last(OptionId::Policy);
  auto values = policy_values(line);
  if (!values) return std::unexpected(std::move(values.error()));
  settings.policy_values = std::move(*values);
  if (!settings.policy && !settings.policy_values.empty())
    return usage_error("--set without --policy", "it gives a value to a parameter of a policy");
  settings.watches_policy = line.has(OptionId::PolicyWatch);
  if (!settings.policy && settings.watches_policy)
    return usage_error("--policy-watch without --policy", "it follows a policy's file");
  settings.learn = line.last(OptionId::Learn);
  settings.audit = line.last(OptionId::Audit);
  if (settings.learn && settings.policy)
    return usage_error("--learn besides --policy",
                       "a policy is learned from what options allow: --dir, --connect ...");
  if (settings.learn && settings.audit)
    return usage_error("--learn besides --audit", "run the program twice");
  if (const auto every = line.last(OptionId::AuditEvery)) {
    const auto number = read_count(*every);
    if (!number || *number == 0)
      return usage_error(fmt::format("`--audit-every {}`: not a number from 1 on", *every));
    settings.audit_every = *number;
  }
  return {};
}

}  // namespace

Parsed<EngineSettings> engine_settings(const CommandLine& line) {
  EngineReader reader;
  for (const OptionUse& use : line.options)
    if (auto applied = reader.apply(use); !applied)
      return std::unexpected(std::move(applied.error()));
  return reader.settings;
}

Parsed<RunSettings> run_settings(const CommandLine& line) {
  RunSettings settings;
  auto engine = engine_settings(line);
  if (!engine) return std::unexpected(std::move(engine.error()));
  settings.engine = *engine;
  if (auto read = read_operands(line, settings); !read)
    return std::unexpected(std::move(read.error()));
  settings.argv0 = line.last(OptionId::Argv0).value_or(settings.file);
  for (const OptionUse& use : line.options) {
    if (use.option == OptionId::Dir) {
      auto mapping = parse_dir_mapping(use.value);
      if (!mapping) return std::unexpected(std::move(mapping.error()));
      settings.dirs.push_back(std::move(*mapping));
    } else if (use.option == OptionId::Listen || use.option == OptionId::Connect ||
               use.option == OptionId::Bind) {
      if (auto added = add_network_option(use.option, use.value, settings.network); !added)
        return std::unexpected(std::move(added.error()));
    } else if (use.option == OptionId::Libraries) {
      settings.libraries.push_back(use.value);
    } else if (use.option == OptionId::Plugin) {
      settings.plugins.push_back(use.value);
    } else if (use.option == OptionId::Code) {
      settings.native.file = use.value;
    } else if (use.option == OptionId::TrustNative) {
      settings.native.trust_all = true;
    } else if (use.option == OptionId::CacheLimit) {
      const auto set = [&](uint64_t bytes) { settings.cache_limit_bytes = bytes; };
      if (auto applied = set_number("--cache-limit", use.value, parse_size_bytes, set); !applied)
        return std::unexpected(std::move(applied.error()));
    } else if (use.option == OptionId::Trust) {
      if (auto added = add_trusted(use.value, settings.native); !added)
        return std::unexpected(std::move(added.error()));
    } else if (use.option == OptionId::Env) {
      if (auto added = add_variable(use.value, settings); !added)
        return std::unexpected(std::move(added.error()));
    }
  }
  if (line.has(OptionId::NoCache)) settings.cache_limit_bytes = 0;
  if (auto read = read_policy_options(line, settings); !read)
    return std::unexpected(std::move(read.error()));
  return settings;
}

Parsed<CompileSettings> compile_settings(const CommandLine& line) {
  CompileSettings settings;
  auto engine = engine_settings(line);
  if (!engine) return std::unexpected(std::move(engine.error()));
  settings.engine = *engine;
  // What is compiled once may take its time.
  if (settings.engine.engine.tier == embed::Tier::Auto)
    settings.engine.engine.tier = embed::Tier::Llvm;
  if (line.operands.empty() || line.operands.size() > 2)
    return usage_error("compile takes IN and, if need be, OUT", "see `skerry help compile`");
  settings.in = line.operands[0];
  settings.out = line.operands.size() == 2 ? line.operands[1] : default_output(settings.in);
  if (const auto jobs = line.last(OptionId::Jobs)) {
    const auto applied = set_number("--jobs", *jobs, parse_count, [&](uint64_t count) {
      settings.jobs = static_cast<unsigned>(std::min<uint64_t>(count, kMaxJobs));
    });
    if (!applied) return std::unexpected(applied.error());
  }
  if (const auto key = line.last(OptionId::Sign)) settings.signing_key = *key;
  return settings;
}

}  // namespace skerry::cli
