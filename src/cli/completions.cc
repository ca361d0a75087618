// One function a shell. What they share: words for commands and options, and the words an option's
// placeholder stands for.
#include "cli/completions.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "cli/settings.h"
#include "cli/tables.h"
#include "code/cpu.h"
#include "wasm/features.h"

namespace skerry::cli {
namespace {

// What may follow an option with a value.
enum class ValueKind { Words, Directory, File, Anything };

struct ValueWords {
  ValueKind kind;
  std::vector<std::string_view> words;
};

ValueWords values_of(std::string_view placeholder) {
  if (placeholder == "DIR") return {ValueKind::Directory, {}};
  if (placeholder == "FILE") return {ValueKind::File, {}};
  if (placeholder == "PROFILER") return {ValueKind::Words, {kProfilers.begin(), kProfilers.end()}};
  if (placeholder == "TIER") return {ValueKind::Words, {"auto", "baseline", "llvm"}};
  if (placeholder == "LEVEL") return {ValueKind::Words, {"0", "1", "2", "3", "s"}};
  if (placeholder == "CPU") return {ValueKind::Words, {cpu_names().begin(), cpu_names().end()}};
  if (placeholder == "TARGET") return {ValueKind::Words, {kTargets.begin(), kTargets.end()}};
  if (placeholder == "BOUNDS") return {ValueKind::Words, {"guard", "explicit"}};
  if (placeholder == "FEATURE") {
    ValueWords result{ValueKind::Words, {"all"}};
    for (const FeatureInfo& feature : all_features()) result.words.push_back(feature.cli_name);
    return result;
  }
  return {ValueKind::Anything, {}};
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

std::vector<std::string_view> command_words() {
  std::vector<std::string_view> words;
  for (const CommandInfo& command : all_commands()) words.push_back(command.name);
  return words;
}

std::vector<std::string_view> option_words(Command command) {
  std::vector<std::string_view> words;
  for (const OptionInfo& option : all_options())
    if (option.is_taken_by(command))
      for (std::string_view name : option.all_names()) words.push_back(name);
  return words;
}

// Operands that are names rather than files.
std::vector<std::string_view> operand_words(Command command) {
  if (command == Command::Help) return command_words();
  if (command == Command::Cache) return {"ls", "clear", "path"};
  if (command != Command::Completions) return {};
  return {all_shells().begin(), all_shells().end()};
}

std::string bash_script() {
  std::string script =
      "# Completions of skerry for bash; made by `skerry completions bash`.\n"
      "_skerry() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command=run options\n"
      "  case ${COMP_WORDS[1]} in\n";
  script += fmt::format("    {}) command=${{COMP_WORDS[1]}} ;;\n", joined(command_words(), "|"));
  script += "  esac\n  case $previous in\n";
  for (const OptionInfo& option : all_options()) {
    if (option.is_flag()) continue;
    const ValueWords values = values_of(option.value);
    std::string action = "return";
    if (values.kind == ValueKind::Words)
      action = fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$current\")); return",
                           joined(values.words, " "));
    else if (values.kind == ValueKind::Directory)
      action = "compopt -o nospace; COMPREPLY=($(compgen -d -- \"$current\")); return";
    else if (values.kind == ValueKind::File)
      action = "COMPREPLY=($(compgen -f -- \"$current\")); return";
    script += fmt::format("    {}) {} ;;\n", joined(option.all_names(), "|"), action);
  }
  script += "  esac\n  case $command in\n";
  for (const CommandInfo& command : all_commands()) {
    const auto operands = operand_words(command.command);
    script += fmt::format("    {}) options=\"{}\"", command.name,
                          joined(option_words(command.command), " "));
    if (!operands.empty())
      script += fmt::format(
          "; [[ $current == -* ]] || {{ COMPREPLY=($(compgen -W \"{}\" -- "
          "\"$current\")); return; }}",
          joined(operands, " "));
    script += " ;;\n";
  }
  script += fmt::format(
      "  esac\n"
      "  if [[ $current == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "    [[ $COMP_CWORD == 1 ]] && COMPREPLY+=($(compgen -W \"{}\" -- \"$current\"))\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _skerry skerry\n",
      joined(command_words(), " "));
  return script;
}

// zsh gives brackets, colons and quotes a meaning in its specifications.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string zsh_value(const OptionInfo& option) {
  const ValueWords values = values_of(option.value);
  switch (values.kind) {
    case ValueKind::Words: return fmt::format(":{}:({})", option.value, joined(values.words, " "));
    case ValueKind::Directory: return fmt::format(":{}:_files -/", option.value);
    case ValueKind::File: return fmt::format(":{}:_files", option.value);
    case ValueKind::Anything: break;
  }
  return fmt::format(":{}: ", zsh_text(option.value));
}

std::string zsh_script() {
  std::string script =
      "#compdef skerry\n"
      "# Completions of skerry for zsh; made by `skerry completions zsh`.\n"
      "_skerry() {\n"
      "  local -a commands=(\n";
  for (const CommandInfo& command : all_commands())
    script += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.text));
  script +=
      "  )\n"
      "  local command=run\n"
      "  if (( CURRENT == 2 )); then\n"
      "    [[ $words[2] == -* ]] || _describe command commands\n"
      "  elif (( ${commands[(I)$words[2]:*]} )); then\n"
      "    command=$words[2]\n"
      "    shift words; (( CURRENT-- ))\n"
      "  fi\n"
      "  case $command in\n";
  for (const CommandInfo& command : all_commands()) {
    script += fmt::format("    {})\n      _arguments -S", command.name);
    for (const OptionInfo& option : all_options()) {
      if (!option.is_taken_by(command.command)) continue;
      for (std::string_view name : option.all_names())
        script += fmt::format(" \\\n        '*{}[{}]{}'", name, zsh_text(option.text),
                              option.is_flag() ? "" : zsh_value(option));
    }
    const auto operands = operand_words(command.command);
    if (!operands.empty())
      script += fmt::format(" \\\n        ':{}:({})'", info(command.command).operands,
                            joined(operands, " "));
    else
      script += " \\\n        '*:file:_files'";
    script += " ;;\n";
  }
  return script + "  esac\n}\n_skerry \"$@\"\n";
}

std::string fish_text(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string fish_names(const OptionInfo& option) {
  std::string result;
  for (std::string_view name : option.all_names())
    result += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                     : fmt::format(" -s {}", name.substr(1));
  return result;
}

std::string fish_script() {
  const std::string commands = joined(command_words(), " ");
  std::string script =
      "# Completions of skerry for fish; made by `skerry completions fish`.\n"
      "function __skerry_command_is\n"
      "  set -l words (commandline -opc)\n"
      "  set -l command run\n";
  script += fmt::format("  if contains -- \"$words[2]\" {}\n", commands);
  script +=
      "    set command $words[2]\n"
      "  end\n"
      "  contains -- $command $argv\n"
      "end\n";
  for (const CommandInfo& command : all_commands())
    script += fmt::format("complete -c skerry -n __fish_use_subcommand -a {} -d '{}'\n",
                          command.name, fish_text(command.text));
  for (const OptionInfo& option : all_options()) {
    std::vector<std::string_view> takers;
    for (const CommandInfo& command : all_commands())
      if (option.is_taken_by(command.command)) takers.push_back(command.name);
    std::string value;
    if (!option.is_flag()) {
      const ValueWords values = values_of(option.value);
      value = " -r";
      if (values.kind == ValueKind::Words)
        value += fmt::format(" -f -a '{}'", joined(values.words, " "));
      else if (values.kind == ValueKind::Directory)
        value += " -f -a '(__fish_complete_directories)'";
      else if (values.kind == ValueKind::Anything)
        value += " -f";
    }
    script += fmt::format("complete -c skerry -n '__skerry_command_is {}'{}{} -d '{}'\n",
                          joined(takers, " "), fish_names(option), value, fish_text(option.text));
  }
  for (const CommandInfo& command : all_commands()) {
    const auto operands = operand_words(command.command);
    if (!operands.empty())
      script += fmt::format("complete -c skerry -n '__skerry_command_is {}' -f -a '{}'\n",
                            command.name, joined(operands, " "));
  }
  return script;
}

std::string powershell_list(const std::vector<std::string_view>& words) {
  std::string result;
  for (std::string_view word : words)
    result += fmt::format("{}'{}'", result.empty() ? "" : ", ", word);
  return "@(" + result + ")";
}

std::string powershell_script() {
  std::string script =
      "# Completions of skerry for PowerShell; made by `skerry completions powershell`.\n"
      "Register-ArgumentCompleter -Native -CommandName skerry -ScriptBlock {\n"
      "  param($word, $ast, $position)\n"
      "  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() })\n";
  script += fmt::format("  $commands = {}\n  $values = @{{\n", powershell_list(command_words()));
  for (const OptionInfo& option : all_options()) {
    if (option.is_flag()) continue;
    const ValueWords values = values_of(option.value);
    if (values.kind != ValueKind::Words) continue;
    for (std::string_view name : option.all_names())
      script += fmt::format("    '{}' = {}\n", name, powershell_list(values.words));
  }
  script += "  }\n  $options = @{\n";
  for (const CommandInfo& command : all_commands())
    script += fmt::format("    '{}' = {}\n", command.name,
                          powershell_list(option_words(command.command)));
  script += "  }\n  $operands = @{\n";
  for (const CommandInfo& command : all_commands())
    if (const auto operands = operand_words(command.command); !operands.empty())
      script += fmt::format("    '{}' = {}\n", command.name, powershell_list(operands));
  script +=
      "  }\n"
      "  $command = 'run'\n"
      "  if ($words.Count -gt 1 -and $commands -contains $words[1]) { $command = $words[1] }\n"
      "  $last = if ($word) { $words.Count - 2 } else { $words.Count - 1 }\n"
      "  $candidates = if ($values.ContainsKey($words[$last])) { $values[$words[$last]] }\n"
      "    elseif ($word -like '-*') { $options[$command] }\n"
      "    elseif ($operands.ContainsKey($command)) { $operands[$command] }\n"
      "    elseif ($last -eq 0) { $commands }\n"
      "  $candidates | Where-Object { $_ -clike \"$word*\" } | ForEach-Object {\n"
      "    [System.Management.Automation.CompletionResult]::new($_)\n"
      "  }\n"
      "}\n";
  return script;
}

struct Shell {
  std::string_view name;
  std::string (*script)();
};
constexpr auto kShells = std::to_array<Shell>({
    {"bash", bash_script},
    {"zsh", zsh_script},
    {"fish", fish_script},
    {"powershell", powershell_script},
});
constexpr auto kShellNames = [] {
  std::array<std::string_view, kShells.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kShells[i].name;
  return names;
}();

}  // namespace

std::span<const std::string_view> all_shells() { return kShellNames; }

std::optional<std::string> completion_script(std::string_view shell) {
  for (const Shell& row : kShells)
    if (row.name == shell) return row.script();
  return std::nullopt;
}

}  // namespace skerry::cli
