// `skerry policy`: is a policy right, what does it mean for a module, which templates are there.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/policy_file.h"
#include "cli/text_table.h"
#include "embed/engine.h"
#include "embed/native_imports.h"
#include "embed/source.h"
#include "policy/decision.h"
#include "wasi/functions.h"

namespace skerry::cli {
namespace {

using policy::Access;
using policy::Policy;

constexpr std::string_view kWasiModules[] = {"wasi_snapshot_preview1", "wasi_unstable"};

// What is said of an import.
struct Answer {
  bool is_allowed = false;
  std::string why;
};

std::string said_at(const Policy& policy, std::string_view key, std::string_view otherwise) {
  const policy::Place* const place = policy.place_of(key);
  return place ? place_text(*place) : std::string(otherwise);
}

// Functions on paths, and the access that they need. Those that are missing here only look.
struct PathNeed {
  std::string_view function;
  Access access;
};
constexpr auto kPathNeeds = std::to_array<PathNeed>({
    {"path_create_directory", Access::Create},
    {"path_filestat_set_times", Access::Write},
    {"path_link", Access::Create},
    {"path_open", Access::Read},
    {"path_readlink", Access::Read},
    {"path_remove_directory", Access::Delete},
    {"path_rename", Access::Create | Access::Delete},
    {"path_symlink", Access::Create},
    {"path_unlink_file", Access::Delete},
});

Answer explain_path(const Policy& policy, std::string_view function) {
  const auto row = std::ranges::find(kPathNeeds, function, &PathNeed::function);
  const Access needed = row == kPathNeeds.end() ? Access::None : row->access;
  std::string where;
  for (const policy::Directory& directory : policy.directories) {
    // A file may be opened to write it where it cannot be read.
    const bool fits = function == "path_open" ? directory.access != Access::None
                                              : has_all(directory.access, needed);
    if (fits) where += (where.empty() ? "in " : ", ") + directory.guest;
  }
  if (!where.empty()) return {true, where};
  return {false, policy.directories.empty() ? "no folder is granted" : "no folder allows it"};
}

// The functions that reach out, and the rules that say where.
struct NetworkNeed {
  std::string_view function;
  std::string_view rules;
};
constexpr auto kNetworkNeeds = std::to_array<NetworkNeed>({
    {"sock_bind", "network.listen.allow"},
    {"sock_listen", "network.listen.allow"},
    {"sock_connect", "network.connect.allow"},
    {"sock_send_to", "network.connect.allow"},
});

Answer explain_socket(const Policy& policy, std::string_view function) {
  if (function.ends_with("_v2")) function.remove_suffix(3);
  const auto& network = policy.network;
  const bool has_rules = !network.connect.allow.empty() || !network.listen.allow.empty();
  const auto need = std::ranges::find(kNetworkNeeds, function, &NetworkNeed::function);
  if (need != kNetworkNeeds.end()) {
    const policy::Place* const place = policy.place_of(need->rules);
    if (!place) return {false, fmt::format("{} allows nothing", need->rules)};
    return {true, fmt::format("where {} says", place_text(*place))};
  }
  if (function == "sock_open" && !has_rules) return {false, "no rule allows any address"};
  if (function == "sock_getaddrinfo") {
    const bool names_some = std::ranges::any_of(
        network.connect.allow, [](const auto& rule) { return rule.value.names_host(); });
    if (network.resolve.allow.empty() && !names_some) return {false, "no rule names a host"};
    return {true, "for the names that rules allow"};
  }
  return {true, has_rules ? "on its sockets" : "on sockets of --listen"};
}

Answer explain_wasi(const Policy& policy, const wasi::Function& function) {
  const auto by_key = [&](std::string_view key, std::string_view by_default) {
    return Answer{true, said_at(policy, key, by_default)};
  };
  if (function.area == "path") return explain_path(policy, function.name);
  if (function.area == "clock") return by_key("clocks.access", "real clocks, by default");
  if (function.area == "random") return by_key("random.source", "the system's, by default");
  if (function.name == "sched_yield") return {true, "always"};
  if (function.area.starts_with("sock")) return explain_socket(policy, function.name);
  if (function.name == "proc_exit" || function.name == "proc_raise")
    return {decide_exit(policy).is_allowed, said_at(policy, "process.exit", "by default")};
  if (function.name.starts_with("environ"))
    return {true, fmt::format("{} variables", policy.environment.size())};
  if (function.area == "args")
    return by_key("arguments.allow", "those of the command line, by default");
  if (function.name == "fd_readdir" || function.name.starts_with("fd_prestat"))
    return {true, fmt::format("{} folders", policy.directories.size())};
  return {true, "on what is granted"};
}

using Manifests = std::vector<native::Manifest>;

// The first that names an import is the one that gives it.
std::optional<Answer> explain_native(const Policy& policy, const Import& import,
                                     const Manifests& manifests) {
  for (const native::Manifest& manifest : manifests)
    for (const native::Library& library : manifest.libraries)
      for (const native::Function& function : library.functions) {
        if (function.module != import.module || function.name != import.name) continue;
        const std::string what = fmt::format("{}.{}", library.name, function.symbol);
        if (const auto verdict = decide_library(policy, library.name, function.symbol))
          return Answer{true, fmt::format("{}, {}", what, place_text(*verdict.place))};
        return Answer{false, fmt::format("no entry of host.libraries names {}", what)};
      }
  if (!manifests.empty() && import.module == native::kOwnModule &&
      import.name == native::kLastError)
    return Answer{true, "always"};
  return std::nullopt;
}

Answer explain_import(const Policy& policy, const Import& import, const Manifests& manifests) {
  if (std::ranges::find(kWasiModules, import.module) != std::end(kWasiModules))
    for (const wasi::Function& function : wasi::functions())
      if (function.name == import.name) return explain_wasi(policy, function);
  if (auto answer = explain_native(policy, import, manifests)) return std::move(*answer);
  const policy::Verdict verdict = decide_function(policy, import.module, import.name);
  if (verdict) return {true, place_text(*verdict.place)};
  return {false, "no entry of host.functions names it"};
}

std::string granted_text(Access access) {
  return access == Access::None ? "nothing" : policy::access_text(access);
}

// What the policy grants, whatever the module imports.
std::vector<TableRow> grants(const Policy& policy) {
  std::vector<TableRow> rows;
  rows.reserve(policy.directories.size());
  for (const policy::Directory& one : policy.directories)
    rows.push_back({"folder", embed::printable(one.guest),
                    fmt::format("{}: {}{}", embed::printable(one.host), granted_text(one.access),
                                one.max_bytes ? fmt::format(", {} bytes", *one.max_bytes) : ""),
                    place_text(one.place)});
  for (const policy::Variable& one : policy.environment)
    rows.push_back({"variable", embed::printable(one.name),
                    one.value ? embed::printable(*one.value) : "as outside",
                    place_text(one.place)});
  const auto add_endpoints = [&](const policy::EndpointRules& rules, const std::string& what) {
    for (const auto& [endpoint, place] : rules.allow)
      rows.push_back({what, embed::printable(endpoint.text), "", place_text(place)});
    for (const auto& [endpoint, place] : rules.deny)
      rows.push_back({what, embed::printable(endpoint.text), "never", place_text(place)});
  };
  add_endpoints(policy.network.connect, "connect");
  add_endpoints(policy.network.listen, "listen");
  for (const auto& [name, place] : policy.host.functions)
    rows.push_back({"function", embed::printable(name), "", place_text(place)});
  for (const auto& [name, place] : policy.host.libraries)
    rows.push_back({"library", embed::printable(name), "", place_text(place)});
  for (const policy::KeyInfo& key : policy::all_keys()) {
    const bool is_single = key.form == "choice" || key.form == "flag" || key.form == "size" ||
                           key.form == "time" || key.form == "count";
    const std::string full = fmt::format("{}.{}", key.section, key.key);
    if (const policy::Place* const place = policy.place_of(full); is_single && place)
      rows.push_back({"setting", full, "", place_text(*place)});
  }
  return rows;
}

int check(const CommandLine& line, const policy::Values& values) {
  bool all_good = true;
  for (size_t i = 1; i < line.operands.size(); ++i) {
    const auto file = load_policy(line.operands[i], values);
    if (file)
      fmt::print("{}: good\n", embed::printable(line.operands[i]));
    else
      print_error(file.error());
    all_good &= file.has_value();
  }
  return number(all_good ? ExitStatus::Success : ExitStatus::Failure);
}

int explain(const CommandLine& line, const policy::Values& values) {
  const auto fail_with = [](const embed::Report& report) {
    print_error(report);
    return number(ExitStatus::Failure);
  };
  const auto file = load_policy(line.operands[1], values);
  if (!file) return fail_with(file.error());
  auto source = embed::Source::open(line.operands[2]);
  if (!source) return fail_with(source.error());
  const auto parsed = embed::parse(std::move(*source), embed::EngineOptions().features);
  if (!parsed) return fail_with(parsed.error());

  Manifests manifests;
  for (const OptionUse& use : line.options) {
    if (use.option != OptionId::Libraries) continue;
    auto manifest = embed::load_manifest(use.value);
    if (!manifest) return fail_with(manifest.error());
    manifests.push_back(std::move(*manifest));
  }
  std::vector<TableRow> rows;
  size_t denied = 0;
  for (const Import& import : parsed->module->imports) {
    if (import.kind() != ExternKind::Func) continue;
    const Answer answer = explain_import(file->policy, import, manifests);
    denied += answer.is_allowed ? 0 : 1;
    rows.push_back({embed::printable(fmt::format("{}.{}", import.module, import.name)),
                    answer.is_allowed ? "allowed" : "denied", answer.why});
  }
  const auto granted = grants(file->policy);
  fmt::print("The policy grants:\n{}\n",
             granted.empty() ? "  nothing\n" : text_table(granted, "<<<<"));
  fmt::print("The module imports {} functions, of which {} will be denied:\n{}", rows.size(),
             denied, text_table(rows, "<<<"));
  return number(ExitStatus::Success);
}

int templates(const CommandLine& line) {
  const auto all = policy::all_templates();
  if (line.operands.size() == 1) {
    std::vector<TableRow> rows;
    for (const policy::Template& one : all) {
      // Its first sentence.
      std::string_view about = one.text.substr(0, one.text.find("\n\n"));
      about = about.substr(0, about.find('\n'));
      while (about.starts_with('#') || about.starts_with(' ')) about.remove_prefix(1);
      rows.push_back({std::string(one.name), std::string(about)});
    }
    fmt::print("{}", text_table(rows, "<<"));
    return number(ExitStatus::Success);
  }
  const auto found = std::ranges::find(all, line.operands[1], &policy::Template::name);
  if (found == all.end())
    return print_usage_error({fmt::format("there is no template `{}`", line.operands[1]),
                              "`skerry policy templates` lists them"});
  fmt::print("{}", found->text);
  return number(ExitStatus::Success);
}

// `skerry run --learn FILE MODULE ARGS`, where FILE has a name by default. What stands before
// MODULE are options of `run` (command_line.cc).
int learn(const CommandLine& line) {
  CommandLine run{Command::Run, line.options, {line.operands.begin() + 1, line.operands.end()}};
  if (!run.has(OptionId::Learn)) {
    const auto module = std::filesystem::u8path(run.operands[0]);
    const std::string file = module.stem().string() + ".policy.toml";
    std::error_code none;
    if (std::filesystem::exists(std::filesystem::u8path(file), none))
      return print_usage_error({fmt::format("{} is there already", file),
                                "say --learn FILE to write to another file, or over this one"});
    run.options.push_back({OptionId::Learn, file});
  }
  return run_command(run);
}

}  // namespace

int policy_command(const CommandLine& line) {
  const auto values = policy_values(line);
  if (!values) return print_usage_error(values.error());
  const auto& words = line.operands;
  if (!words.empty() && words[0] == "check" && words.size() >= 2) return check(line, *values);
  if (!words.empty() && words[0] == "explain" && words.size() == 3) return explain(line, *values);
  if (!words.empty() && words[0] == "templates" && words.size() <= 2) return templates(line);
  if (words.size() >= 2 && words[0] == "learn") return learn(line);
  return print_usage_error(
      {"policy takes: check FILE..., explain FILE MODULE, learn MODULE "
       "[ARGS]..., templates [NAME]",
       "see `skerry help policy`"});
}

}  // namespace skerry::cli
