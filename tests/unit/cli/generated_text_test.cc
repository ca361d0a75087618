// Help, man page and completions name everything the tables hold, and docs/man/skerry.1 is current.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/completions.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/man_page.h"
#include "wasm/features.h"

namespace skerry::cli {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The option at a line's start, and not a longer one that starts like it.
bool has_option(const std::string& help, std::string_view name) {
  const std::string start = "\n  " + std::string(name);
  for (size_t at = 0; (at = help.find(start, at)) != std::string::npos; at += start.size())
    if (const char next = help[at + start.size()]; next == ' ' || next == ',' || next == '\n')
      return true;
  return false;
}

TEST(Help, OverviewNamesEveryCommandAndExample) {
  const std::string help = overview_help();
  for (const CommandInfo& command : all_commands()) EXPECT_TRUE(has(help, command.name));
  for (const ExampleInfo& example : all_examples()) EXPECT_TRUE(has(help, example.line));
}

TEST(Help, CommandHelpNamesItsOptionsAndNoOthers) {
  for (const CommandInfo& command : all_commands()) {
    const std::string help = command_help(command.command);
    EXPECT_TRUE(has(help, usage_line(command.command)));
    for (const OptionInfo& option : all_options())
      EXPECT_EQ(has_option(help, option.all_names()[0]), option.is_taken_by(command.command))
          << command.name << " " << option.long_name();
  }
}

TEST(Help, LinesFitTheScreen) {
  std::vector<std::string> texts = {overview_help()};
  for (const CommandInfo& command : all_commands()) texts.push_back(command_help(command.command));
  for (const std::string& text : texts) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 90u) << line;
  }
}

TEST(Help, WrapsAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 2, 9), "one two\n  three");
  EXPECT_EQ(wrapped("unbreakable", 2, 5), "unbreakable");
}

TEST(Completions, EveryShellNamesEveryCommandAndOption) {
  for (std::string_view shell : all_shells()) {
    const auto script = completion_script(shell);
    ASSERT_TRUE(script);
    for (const CommandInfo& command : all_commands()) EXPECT_TRUE(has(*script, command.name));
    for (const OptionInfo& option : all_options())
      EXPECT_TRUE(has(*script, option.long_name().substr(2))) << shell << " " << option.long_name();
    for (const FeatureInfo& feature : all_features()) EXPECT_TRUE(has(*script, feature.cli_name));
  }
  EXPECT_FALSE(completion_script("tcsh"));
}

// SKERRY_UPDATE=1 rewrites the file.
TEST(ManPage, FileIsCurrent) {
  const std::string path = SKERRY_SOURCE_DIR "/docs/man/skerry.1";
  if (std::getenv("SKERRY_UPDATE")) std::ofstream(path, std::ios::binary) << man_page();
  EXPECT_EQ(read_file(path), man_page()) << "run this test with SKERRY_UPDATE=1";
}

TEST(ManPage, GuideHasTheExitStatuses) {
  const std::string guide = read_file(SKERRY_SOURCE_DIR "/docs/guide/cli.md");
  for (const ExitStatusInfo& status : all_exit_statuses()) {
    const std::string row =
        "| " + std::to_string(number(status.status)) + " | " + std::string(status.text) + " |";
    EXPECT_TRUE(has(guide, row)) << row;
  }
  for (const OptionInfo& option : all_options())
    EXPECT_TRUE(has(guide, option.long_name())) << option.long_name();
}

}  // namespace
}  // namespace skerry::cli
