// Layout of help: two columns, 90 characters wide.
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/exit_status.h"
#include "wasm/features.h"

namespace skerry::cli {
namespace {

constexpr unsigned kWidth = 90;
constexpr unsigned kTextColumn = 30;

// One row of two columns; a left side that is too long gets a line of its own.
std::string row(std::string_view left, std::string_view right, unsigned column = kTextColumn) {
  std::string line = fmt::format("  {}", left);
  if (line.size() + 2 > column) {
    line += '\n';
    line.append(column, ' ');
  } else {
    line.append(column - line.size(), ' ');
  }
  return line + wrapped(right, column, kWidth) + '\n';
}

// "--fuel UNITS, --gas-limit UNITS", "-h, --help".
std::string option_spelling(const OptionInfo& option) {
  std::string result;
  for (std::string_view name : option.all_names()) {
    if (!result.empty()) result += ", ";
    result += name;
  }
  if (!option.is_flag()) result += fmt::format(" {}", option.value);
  return result;
}

std::string options_help(Command command) {
  std::string result;
  for (unsigned g = 0; g < kOptionGroupCount; ++g) {
    const auto group = static_cast<OptionGroup>(g);
    std::string rows;
    for (const OptionInfo& option : all_options())
      if (option.group == group && option.is_taken_by(command))
        rows += row(option_spelling(option), option.text);
    if (!rows.empty()) result += fmt::format("\n{}:\n{}", group_title(group), rows);
  }
  return result;
}

std::string features_help() {
  std::string result = "\nFeatures, for --enable and --disable:\n";
  for (const FeatureInfo& feature : all_features())
    result += row(feature.cli_name,
                  fmt::format("{}{}", feature.text, feature.on_by_default ? "" : " (off)"));
  return result;
}

std::string examples_help(const Command* only) {
  std::string result;
  for (const ExampleInfo& example : all_examples())
    if (!only || example.command == *only)
      result += fmt::format("  {}\n      {}\n", example.line, example.text);
  return result.empty() ? result : "\nExamples:\n" + result;
}

std::string exit_status_help() {
  std::string result = "\nExit status: the program's own, or\n";
  for (const ExitStatusInfo& status : all_exit_statuses())
    result += row(std::to_string(number(status.status)), status.text, 8);
  return result;
}

}  // namespace

std::string wrapped(std::string_view text, unsigned indent, unsigned width) {
  std::string result;
  unsigned column = indent;
  while (!text.empty()) {
    const size_t length = std::min(text.find(' '), text.size());
    if (column > indent && column + 1 + length > width) {
      result += '\n';
      result.append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += text.substr(0, length);
    column += static_cast<unsigned>(length);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return result;
}

std::string usage_line(Command command) {
  const CommandInfo& row = info(command);
  const bool has_options = std::ranges::any_of(all_options(), [command](const OptionInfo& option) {
    return option.group != OptionGroup::General && option.is_taken_by(command);
  });
  std::string result = fmt::format("skerry {}", row.name);
  if (has_options) result += " [OPTIONS]";
  if (!row.operands.empty()) result += fmt::format(" {}", row.operands);
  return result;
}

std::string overview_help() {
  std::string result =
      "Skerry runs WebAssembly programs, fast, with nothing of this machine but what you give.\n\n"
      "Usage: skerry [OPTIONS] FILE [ARGS]...\n"
      "       skerry COMMAND ...\n\n"
      "FILE is a module in the binary (.wasm) or the text format (.wat).\n"
      "Everything after it is the program's.\n\n"
      "Commands (`skerry help COMMAND` tells more):\n";
  for (const CommandInfo& command : all_commands())
    result += row(command.name == "run" ? "run (may be left out)" : command.name, command.text);
  result += examples_help(nullptr);
  result += options_help(Command::Run);
  result += exit_status_help();
  return result;
}

std::string command_help(Command command) {
  std::string result = fmt::format("{}\n\nUsage: {}\n", info(command).text, usage_line(command));
  if (command == Command::Run)
    result +=
        "\nFILE is a module in the binary or the text format. Everything after it is the "
        "program's,\nalso words that start with a dash.\n";
  result += examples_help(&command);
  result += options_help(command);
  if (info(OptionId::Enable).is_taken_by(command)) result += features_help();
  if (command == Command::Run) result += exit_status_help();
  return result;
}

}  // namespace skerry::cli
