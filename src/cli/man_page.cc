// roff of skerry(1).
#include "cli/man_page.h"

#include <fmt/format.h>

#include "cli/exit_status.h"
#include "cli/tables.h"
#include "wasm/features.h"

namespace skerry::cli {
namespace {

// Text as roff takes it: dashes stay dashes, backslashes and a leading dot or quote are escaped.
std::string roff(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '-')
      result += "\\-";
    else if (c == '\\')
      result += "\\e";
    else if ((c == '.' || c == '\'') && result.empty())
      (result += "\\&") += c;
    else
      result += c;
  }
  return result;
}

std::string entry(std::string_view term, std::string_view text) {
  return fmt::format(".TP\n{}\n{}\n", term, roff(text));
}

std::string option_term(const OptionInfo& option) {
  std::string term;
  for (std::string_view name : option.all_names()) {
    if (!term.empty()) term += ", ";
    term += fmt::format("\\fB{}\\fR", roff(name));
  }
  if (!option.is_flag()) term += fmt::format(" \\fI{}\\fR", roff(option.value));
  return term;
}

std::string command_names(const OptionInfo& option) {
  std::string names;
  for (const CommandInfo& command : all_commands()) {
    if (!option.is_taken_by(command.command)) continue;
    if (!names.empty()) names += ", ";
    names += command.name;
  }
  return names;
}

}  // namespace

std::string man_page() {
  std::string page =
      ".\\\" Made by `skerry man` from the tables in src/cli; not edited by hand.\n"
      ".TH SKERRY 1 \"\" \"Skerry " SKERRY_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\n"
      "skerry \\- run WebAssembly programs\n"
      ".SH SYNOPSIS\n"
      ".B skerry\n[\\fIOPTIONS\\fR] \\fIFILE\\fR [\\fIARGS\\fR]...\n.br\n"
      ".B skerry\n\\fICOMMAND\\fR ...\n"
      ".SH DESCRIPTION\n"
      "Runs the program in FILE, a module in the binary (.wasm) or the text format (.wat), with "
      "WASI "
      "preview 1.\n"
      "The program has the standard streams, a clock, random numbers, its arguments, and nothing "
      "else of the machine but what options give it.\n"
      "Everything after FILE is the program's, also words that start with a dash.\n"
      ".SH COMMANDS\n";
  for (const CommandInfo& command : all_commands()) {
    std::string term = fmt::format("\\fB{}\\fR", roff(command.name));
    if (!command.operands.empty()) term += fmt::format(" \\fI{}\\fR", roff(command.operands));
    page += entry(term, command.text);
  }
  page += ".SH OPTIONS\n";
  for (unsigned g = 0; g < kOptionGroupCount; ++g) {
    const auto group = static_cast<OptionGroup>(g);
    page += fmt::format(".SS {}\n", roff(group_title(group)));
    for (const OptionInfo& option : all_options()) {
      if (option.group != group) continue;
      const bool everywhere = option.group == OptionGroup::General;
      page += entry(option_term(option),
                    everywhere ? std::string(option.text)
                               : fmt::format("{} [{}]", option.text, command_names(option)));
    }
  }
  page += ".SH FEATURES\nFor \\fB\\-\\-enable\\fR and \\fB\\-\\-disable\\fR.\n";
  for (const FeatureInfo& feature : all_features())
    page += entry(fmt::format("\\fB{}\\fR", roff(feature.cli_name)), feature.text);
  page += ".SH EXIT STATUS\nThe program's own, or one of these.\n";
  for (const ExitStatusInfo& status : all_exit_statuses())
    page += entry(fmt::format("\\fB{}\\fR", number(status.status)), status.text);
  page += ".SH EXAMPLES\n";
  for (const ExampleInfo& example : all_examples())
    page += entry(fmt::format("\\fB{}\\fR", roff(example.line)), example.text);
  return page;
}

}  // namespace skerry::cli
