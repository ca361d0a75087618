// The modules of the official test suite's scripts, for programs that do something with each: those
// that stand alone and those inside assertions, whether in text, quoted text or bytes.
// Not here: running scripts (`skerry wast` does). A module that does not parse is left out: whether
// it should have parsed is for run.py to judge.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "text/script.h"

namespace skerry::test {

struct SuiteModule {
  const std::string& path;
  std::string_view source;  // of the whole script
  const text::ScriptModule& script;
  const Module& module;
  bool is_malformed;  // says the script: in a body, since the rest was decoded
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> scripts_in(const std::filesystem::path& folder) {
  std::vector<std::string> result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".wast") result.push_back(entry.path().string());
  std::ranges::sort(result);
  return result;
}

// The module that a command holds, or null.
inline const text::ScriptModule* module_of(const text::Command& command) {
  return std::visit(
      [](const auto& what) -> const text::ScriptModule* {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, text::ScriptModule>)
          return &what;
        else if constexpr (requires { what.module.form; })
          return &what.module;
        else if constexpr (requires { what.subject; })
          return std::get_if<text::ScriptModule>(&what.subject);
        else
          return nullptr;
      },
      command.what);
}

inline void for_each_module(const std::string& path, std::string_view source,
                            const std::vector<text::Command>& commands,
                            const std::function<void(const SuiteModule&)>& visit) {
  for (const text::Command& command : commands) {
    if (const auto* thread = std::get_if<text::Thread>(&command.what))
      for_each_module(path, source, thread->commands, visit);
    const text::ScriptModule* const script = module_of(command);
    if (!script) continue;
    const auto module = text::load_module(source, *script, Features());
    const bool is_malformed = std::holds_alternative<text::AssertMalformed>(command.what);
    if (module) visit({path, source, *script, **module, is_malformed});
  }
}

// Every module of every script below `folder`.
inline void for_each_module(const std::filesystem::path& folder,
                            const std::function<void(const SuiteModule&)>& visit) {
  for (const std::string& path : scripts_in(folder)) {
    const std::string source = read_file(path);
    const auto script = text::parse_script(source, Features());
    if (!script) {
      std::printf("%s: the script does not parse\n", path.c_str());
      std::exit(1);
    }
    for_each_module(path, source, script->commands, visit);
  }
}

inline std::string place(const SuiteModule& module) {
  const auto at = text::locate(module.source, module.script.position);
  return module.path + ":" + std::to_string(at.line);
}

}  // namespace skerry::test
