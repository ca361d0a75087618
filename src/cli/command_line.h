// CommandLine: the words of a command line, sorted into command, options and operands by the
// tables. `skerry FILE ...` is `skerry run FILE ...`. For `run` nothing after FILE is looked at:
// those words are the program's own, also those that start with a dash. Not here: what option
// values mean (option_values.h).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/tables.h"
#include "cli/usage_error.h"

namespace skerry::cli {

struct OptionUse {
  OptionId option;
  std::string value;  // empty for a flag
};

struct CommandLine {
  Command command = Command::Run;
  std::vector<OptionUse> options;     // in the order they were written
  std::vector<std::string> operands;  // FILE, ARGS, SHELL ...

  bool has(OptionId option) const;
  // The last value given, which is the one that counts for options that are not lists.
  std::optional<std::string_view> last(OptionId option) const;
};

// `words` without the program's own name.
Parsed<CommandLine> parse_command_line(std::span<const std::string> words);

}  // namespace skerry::cli
