// From words to a command: dispatch, --help and --version, and the commands that only print tables.
#include <fmt/format.h>

#include <cstdio>

#include "base/nearest_name.h"
#include "cli/commands.h"
#include "cli/completions.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/man_page.h"

namespace skerry::cli {
namespace {

using CommandFunc = int (*)(const CommandLine&);
constexpr CommandFunc kCommandFuncs[] = {
    run_command,     compile_command,     key_command,  cache_command,    policy_command,
    bind_command,    bindgen_command,     wast_command, validate_command, print_command,
    inspect_command, completions_command, man_command,  help_command};

void print_out(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

void print_error(const embed::Report& report) {
  std::fflush(stdout);
  std::fwrite(report.text.data(), 1, report.text.size(), stderr);
}

int print_usage_error(const UsageError& error) {
  std::string text = fmt::format("error: {}\n", error.message);
  if (!error.hint.empty()) text += fmt::format("  {}\n", error.hint);
  std::fwrite(text.data(), 1, text.size(), stderr);
  return number(ExitStatus::Usage);
}

int completions_command(const CommandLine& line) {
  const std::string shells = fmt::format("shells: {}", fmt::join(all_shells(), ", "));
  if (line.operands.size() != 1) return print_usage_error({"which SHELL?", shells});
  const auto script = completion_script(line.operands[0]);
  if (!script)
    return print_usage_error({fmt::format("unknown shell `{}`{}", line.operands[0],
                                          did_you_mean(line.operands[0], all_shells())),
                              shells});
  print_out(*script);
  return number(ExitStatus::Success);
}

int man_command(const CommandLine& line) {
  if (!line.operands.empty())
    return print_usage_error({"man takes no operand", "skerry man | man -l -"});
  print_out(man_page());
  return number(ExitStatus::Success);
}

int help_command(const CommandLine& line) {
  if (line.operands.empty()) {
    print_out(overview_help());
    return number(ExitStatus::Success);
  }
  if (line.operands.size() > 1)
    return print_usage_error({"help takes one COMMAND", "see `skerry --help`"});
  const std::string& name = line.operands[0];
  const auto command = find_command(name);
  if (!command) {
    std::vector<std::string_view> names;
    for (const CommandInfo& row : all_commands()) names.push_back(row.name);
    return print_usage_error(
        {fmt::format("unknown command `{}`{}", name, did_you_mean(name, names)),
         fmt::format("commands: {}", fmt::join(names, ", "))});
  }
  print_out(command_help(*command));
  return number(ExitStatus::Success);
}

int run_program(const std::vector<std::string>& words) {
  const auto line = parse_command_line(words);
  if (!line) return print_usage_error(line.error());
  if (line->has(OptionId::Version)) {
    print_out("skerry " SKERRY_VERSION "\n");
    return number(ExitStatus::Success);
  }
  if (line->has(OptionId::Help)) {
    const bool is_overview = line->command == Command::Run && words[0] != "run";
    print_out(is_overview ? overview_help() : command_help(line->command));
    return number(ExitStatus::Success);
  }
  if (words.empty()) {
    // Without words there is nothing to run: show what could be.
    std::fputs(overview_help().c_str(), stderr);
    return number(ExitStatus::Usage);
  }
  return kCommandFuncs[static_cast<size_t>(line->command)](*line);
}

}  // namespace skerry::cli
