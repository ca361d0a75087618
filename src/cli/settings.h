// What option values mean: CommandLine -> settings of the engine and of a run. Every way in which
// a value can be wrong ends here, with the option's name in the message.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command_line.h"
#include "cli/dir_mapping.h"
#include "cli/network_options.h"
#include "embed/code_cache.h"
#include "embed/engine.h"
#include "runtime/store.h"

namespace skerry::cli {

struct EngineSettings {
  embed::EngineOptions engine;
  runtime::StoreLimits limits;
  std::optional<uint64_t> fuel;
  std::optional<uint64_t> time_limit_ms;
  std::chrono::milliseconds go_time_slice{0};  // zero: goroutines yield or not
};

struct RunSettings {
  EngineSettings engine;
  embed::NativeCodeOptions native;
  uint64_t cache_limit_bytes = embed::kDefaultCacheBytes;  // 0: no code cache
  std::optional<std::string> policy;                       // a file
  std::vector<std::pair<std::string, std::string>> policy_values;
  bool watches_policy = false;
  std::optional<std::string> learn;  // a file for the policy that is learned
  std::optional<std::string> audit;  // a file
  uint64_t audit_every = 1;
  std::vector<DirMapping> dirs;
  std::vector<std::pair<std::string, std::string>> env;
  NetworkOptions network;
  std::vector<std::string> libraries;  // manifests of native libraries
  std::vector<std::string> plugins;    // files
  std::string file;
  std::string argv0;
  std::optional<std::string> func;  // called in place of _start
  std::vector<std::string> args;    // of the program, or of `func`
};

struct CompileSettings {
  EngineSettings engine;
  std::string in, out;
  unsigned jobs = 0;                       // 0: one a processor
  std::optional<std::string> signing_key;  // a file
  // Whether OUT is a module that carries its code, or the code alone.
  bool is_module() const { return out.ends_with(".wasm"); }
};

// What --profile takes.
inline constexpr std::array<std::string_view, 2> kProfilers = {"perf", "gdb"};

// What --target takes.
inline constexpr std::array<std::string_view, 3> kTargets = {"x86_64-linux", "x86_64-windows",
                                                             "aarch64-linux"};

Parsed<EngineSettings> engine_settings(const CommandLine& line);
Parsed<RunSettings> run_settings(const CommandLine& line);
Parsed<CompileSettings> compile_settings(const CommandLine& line);

}  // namespace skerry::cli
