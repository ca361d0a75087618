// The command-line interface as data: commands.def, options.def and examples.def read as arrays.
// Not here: parsing (command_line.h) or what a command does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace skerry::cli {

enum class Command : uint8_t {
#define COMMAND(id, name, operands, text) id,
#include "cli/commands.def"
#undef COMMAND
};

struct CommandInfo {
  Command command;
  std::string_view name;
  std::string_view operands;
  std::string_view text;
};

enum class OptionId : uint8_t {
#define OPTION(id, names, value, commands, group, text) id,
#include "cli/options.def"
#undef OPTION
};

// Headings of help, in the order they are shown.
enum class OptionGroup : uint8_t { Files, Start, Limits, Engine, Machine, Script, Output, General };

struct OptionInfo {
  OptionId id;
  std::string_view names;
  std::string_view value;
  uint32_t commands;  // bit 1 << Command
  OptionGroup group;
  std::string_view text;

  bool is_flag() const { return value.empty(); }
  bool is_taken_by(Command command) const { return commands >> static_cast<unsigned>(command) & 1; }
  std::vector<std::string_view> all_names() const;
  // The first long name: "--dir".
  std::string_view long_name() const;
};

struct ExampleInfo {
  Command command;
  std::string_view line;
  std::string_view text;
};

std::span<const CommandInfo> all_commands();
std::span<const OptionInfo> all_options();
std::span<const ExampleInfo> all_examples();
std::string_view group_title(OptionGroup group);
inline constexpr unsigned kOptionGroupCount = 8;

std::optional<Command> find_command(std::string_view name);
const CommandInfo& info(Command command);
const OptionInfo& info(OptionId option);

}  // namespace skerry::cli
