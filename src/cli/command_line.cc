// Parsing with CLI11, set up from the tables for the one command that is asked for.
#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "base/nearest_name.h"

namespace skerry::cli {
namespace {

// The rest of the words belong to the program once its FILE is seen.
bool stops_at_first_operand(Command command) { return command == Command::Run; }

std::vector<std::string_view> option_names(Command command) {
  std::vector<std::string_view> names;
  for (const OptionInfo& row : all_options())
    if (row.is_taken_by(command))
      for (std::string_view name : row.all_names()) names.push_back(name);
  return names;
}

std::unexpected<UsageError> unknown_option(Command command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::string command_name(info(command).name);
  for (const OptionInfo& row : all_options()) {
    const auto names = row.all_names();
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    return usage_error("`skerry " + command_name + "` has no option `" + name + "`",
                       "see `skerry help " + command_name + "`");
  }
  std::string hint = "see `skerry help " + command_name + "`";
  if (stops_at_first_operand(command)) hint += "; options for the program go after its FILE";
  return usage_error("unknown option `" + name + "`" + did_you_mean(name, option_names(command)),
                     hint);
}

// CLI11 begins its messages with the option's name; what follows it is not for people.
UsageError explain(const CLI::ParseError& error, Command command) {
  const std::string hint = "see `skerry help " + std::string(info(command).name) + "`";
  const std::string message = error.what();
  const std::string_view name = std::string_view(message).substr(0, message.find(':'));
  for (const OptionInfo& row : all_options())
    if (row.long_name() == name)
      return {std::string(name) +
                  (row.is_flag() ? " takes no value" : " needs a value: " + std::string(row.value)),
              hint};
  return {message, hint};
}

// The options CLI11 has parsed, in the order they were written.
void collect_options(const CLI::App& app, const std::map<const CLI::Option*, OptionId>& ids,
                     CommandLine& out) {
  std::map<const CLI::Option*, size_t> seen;
  for (const CLI::Option* option : app.parse_order()) {
    const OptionId id = ids.at(option);
    const size_t use = seen[option]++;
    const bool is_flag = info(id).is_flag();
    out.options.push_back({id, is_flag ? std::string() : option->results().at(use)});
  }
}

Parsed<CommandLine> parse_for(Command command, std::span<const std::string> words) {
  CLI::App app;
  app.set_help_flag();
  if (stops_at_first_operand(command)) {
    app.prefix_command();
  } else {
    app.allow_extras();
  }
  std::map<const CLI::Option*, OptionId> ids;
  for (const OptionInfo& row : all_options()) {
    if (!row.is_taken_by(command)) continue;
    const std::string names(row.names);
    CLI::Option* option = row.is_flag() ? app.add_flag(names) : app.add_option(names);
    if (!row.is_flag())
      option->expected(1)->allow_extra_args(false)->multi_option_policy(
          CLI::MultiOptionPolicy::TakeAll);
    ids.emplace(option, row.id);
  }

  CommandLine result;
  result.command = command;
  // CLI11 wants the words last first.
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app.parse(std::move(reversed));
    collect_options(app, ids, result);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(explain(error, command));
  }

  bool options_ended = false;
  for (const std::string& word : app.remaining()) {
    const bool program_has_it = stops_at_first_operand(command) && !result.operands.empty();
    if (!options_ended && !program_has_it && word.size() > 1 && word[0] == '-') {
      if (word != "--") return unknown_option(command, word);
      options_ended = true;
      continue;
    }
    result.operands.push_back(word);
  }
  return result;
}

}  // namespace

bool CommandLine::has(OptionId option) const { return last(option).has_value(); }

std::optional<std::string_view> CommandLine::last(OptionId option) const {
  for (auto use = options.rbegin(); use != options.rend(); ++use)
    if (use->option == option) return use->value;
  return std::nullopt;
}

Parsed<CommandLine> parse_command_line(std::span<const std::string> words) {
  Command command = Command::Run;
  if (!words.empty()) {
    if (const auto named = find_command(words[0])) {
      command = *named;
      words = words.subspan(1);
      // A program is run: what comes before its file are options of `run`, what follows is its own.
      if (command == Command::Policy && !words.empty() && words[0] == "learn") {
        auto line = parse_for(Command::Run, words.subspan(1));
        if (!line) return line;
        line->command = Command::Policy;
        line->operands.insert(line->operands.begin(), "learn");
        return line;
      }
    }
  }
  return parse_for(command, words);
}

}  // namespace skerry::cli
