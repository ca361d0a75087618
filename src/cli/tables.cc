// The .def tables of the command line as arrays, and look-up in them.
#include "cli/tables.h"

#include <array>
#include <string_view>

namespace skerry::cli {
namespace {

constexpr auto kCommands = std::to_array<CommandInfo>({
#define COMMAND(id, name, operands, text) {Command::id, name, operands, text},
#include "cli/commands.def"
#undef COMMAND
});

enum CommandBit : uint32_t {
#define COMMAND(id, name, operands, text) k##id = uint32_t{1} << static_cast<unsigned>(Command::id),
#include "cli/commands.def"
#undef COMMAND
  kEvery = ~uint32_t{0},
};

constexpr auto kOptions = std::to_array<OptionInfo>({
#define OPTION(id, names, value, commands, group, text) \
  {OptionId::id, names, value, static_cast<uint32_t>(commands), OptionGroup::group, text},
#include "cli/options.def"
#undef OPTION
});

constexpr auto kExamples = std::to_array<ExampleInfo>({
#define EXAMPLE(command, line, text) {Command::command, line, text},
#include "cli/examples.def"
#undef EXAMPLE
});

constexpr auto kGroupTitles = std::to_array<std::string_view>({
    "What the program may use",
    "What is called",
    "Limits",
    "Engine",
    "Machine code",
    "Test scripts",
    "Output",
    "General",
});
static_assert(kGroupTitles.size() == kOptionGroupCount);

}  // namespace

std::vector<std::string_view> OptionInfo::all_names() const {
  std::vector<std::string_view> result;
  std::string_view rest = names;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    result.push_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return result;
}

std::string_view OptionInfo::long_name() const {
  for (std::string_view name : all_names())
    if (name.starts_with("--")) return name;
  return names;
}

std::span<const CommandInfo> all_commands() { return kCommands; }
std::span<const OptionInfo> all_options() { return kOptions; }
std::span<const ExampleInfo> all_examples() { return kExamples; }

std::string_view group_title(OptionGroup group) { return kGroupTitles[static_cast<size_t>(group)]; }

std::optional<Command> find_command(std::string_view name) {
  for (const CommandInfo& row : kCommands)
    if (row.name == name) return row.command;
  return std::nullopt;
}

const CommandInfo& info(Command command) { return kCommands[static_cast<size_t>(command)]; }
const OptionInfo& info(OptionId option) { return kOptions[static_cast<size_t>(option)]; }

}  // namespace skerry::cli
