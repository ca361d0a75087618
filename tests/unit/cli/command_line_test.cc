// How words become commands, options and operands.
#include "cli/command_line.h"

#include <gtest/gtest.h>

namespace skerry::cli {
namespace {

Parsed<CommandLine> parse(std::vector<std::string> words) { return parse_command_line(words); }

std::string shown(const CommandLine& line) {
  std::string result(info(line.command).name);
  for (const OptionUse& use : line.options) {
    result += " [" + std::string(info(use.option).long_name());
    if (!info(use.option).is_flag()) result += "=" + use.value;
    result += "]";
  }
  for (const std::string& operand : line.operands) result += " " + operand;
  return result;
}

std::string parse_and_show(std::vector<std::string> words) {
  const auto line = parse(std::move(words));
  return line ? shown(*line) : "error: " + line.error().message;
}

TEST(CommandLine, FileAloneMeansRun) {
  EXPECT_EQ(parse_and_show({"a.wasm"}), "run a.wasm");
  EXPECT_EQ(parse_and_show({"run", "a.wasm"}), "run a.wasm");
  EXPECT_EQ(parse_and_show({}), "run");
}

TEST(CommandLine, NothingAfterFileIsOurs) {
  EXPECT_EQ(parse_and_show({"--dir", ".", "a.wasm", "-x", "--dir", "b", "--", "--help"}),
            "run [--dir=.] a.wasm -x --dir b -- --help");
  EXPECT_EQ(parse_and_show({"run", "a.wasm", "--version"}), "run a.wasm --version");
  EXPECT_EQ(parse_and_show({"a.wasm", "run"}), "run a.wasm run");
}

TEST(CommandLine, TwoDashesEndOurOptions) {
  EXPECT_EQ(parse_and_show({"--", "-odd.wasm", "--dir"}), "run -odd.wasm --dir");
  EXPECT_EQ(parse_and_show({"validate", "--", "-odd.wasm"}), "validate -odd.wasm");
}

TEST(CommandLine, KeepsOrderAndRepetition) {
  EXPECT_EQ(parse_and_show({"--enable", "gc", "--dir=a", "--disable", "all", "--enable=simd",
                            "--dir", "b", "f"}),
            "run [--enable=gc] [--dir=a] [--disable=all] [--enable=simd] [--dir=b] f");
}

TEST(CommandLine, ValuesMayLookLikeOptions) {
  EXPECT_EQ(parse_and_show({"--env", "A=-1", "--invoke", "-f", "m.wasm", "-5"}),
            "run [--env=A=-1] [--invoke=-f] m.wasm -5");
}

TEST(CommandLine, AliasesAreOneOption) {
  EXPECT_EQ(parse_and_show({"--gas-limit", "5", "f"}), "run [--fuel=5] f");
  EXPECT_EQ(parse_and_show({"-W", "fuel=5", "f"}), "run [--wasm=fuel=5] f");
  EXPECT_EQ(parse_and_show({"-Wfuel=5", "f"}), "run [--wasm=fuel=5] f");
  EXPECT_EQ(parse_and_show({"-V"}), "run [--version]");
}

TEST(CommandLine, OtherCommandsTakeOptionsAnywhere) {
  EXPECT_EQ(parse_and_show({"inspect", "a.wasm", "--json"}), "inspect [--json] a.wasm");
  EXPECT_EQ(parse_and_show({"validate", "a", "--disable", "gc", "b"}),
            "validate [--disable=gc] a b");
}

TEST(CommandLine, UnknownOptionsAreNamedWithTheNearest) {
  EXPECT_EQ(parse_and_show({"--envv", "A=1", "f"}),
            "error: unknown option `--envv`; did you mean `--env`?");
  EXPECT_EQ(parse_and_show({"--time-limti=5", "f"}),
            "error: unknown option `--time-limti`; did you mean `--time-limit`?");
  EXPECT_EQ(parse_and_show({"validate", "--dir", ".", "f"}),
            "error: `skerry validate` has no option `--dir`");
}

TEST(CommandLine, MissingValueIsAnError) {
  EXPECT_FALSE(parse({"--dir"}));
  EXPECT_FALSE(parse({"run", "--fuel"}));
}

TEST(CommandLine, LastUseCounts) {
  const auto line = parse({"--fuel", "1", "--fuel", "2", "f"});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->last(OptionId::Fuel), "2");
  EXPECT_TRUE(line->has(OptionId::Fuel));
  EXPECT_FALSE(line->has(OptionId::Dir));
}

TEST(Tables, EveryOptionHasANameAndATextAndACommand) {
  for (const OptionInfo& row : all_options()) {
    EXPECT_TRUE(row.long_name().starts_with("--")) << row.names;
    EXPECT_FALSE(row.text.empty()) << row.names;
    EXPECT_NE(row.commands, 0u) << row.names;
  }
}

TEST(Tables, NoCommandHasTwoOptionsOfOneName) {
  for (const CommandInfo& command : all_commands()) {
    std::vector<std::string_view> names;
    for (const OptionInfo& row : all_options())
      if (row.is_taken_by(command.command))
        for (std::string_view name : row.all_names()) names.push_back(name);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end()) << command.name;
  }
}

TEST(Tables, ExamplesParse) {
  for (const ExampleInfo& example : all_examples()) {
    std::vector<std::string> words;
    size_t at = 0;
    const std::string line(example.line.substr(0, example.line.find_first_of("|>")));
    while (at < line.size()) {
      const size_t space = std::min(line.find(' ', at), line.size());
      if (space > at) words.push_back(line.substr(at, space - at));
      at = space + 1;
    }
    ASSERT_EQ(words.at(0), "skerry") << example.line;
    words.erase(words.begin());
    const auto parsed = parse(words);
    ASSERT_TRUE(parsed) << example.line << ": " << parsed.error().message;
    EXPECT_EQ(parsed->command, example.command) << example.line;
  }
}

}  // namespace
}  // namespace skerry::cli
