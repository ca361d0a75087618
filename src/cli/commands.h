// The commands of the program: each takes its parsed command line, prints, and gives the exit
// status.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "embed/report.h"

namespace skerry::cli {

int run_command(const CommandLine& line);
int compile_command(const CommandLine& line);
int key_command(const CommandLine& line);
int policy_command(const CommandLine& line);
int cache_command(const CommandLine& line);
int bind_command(const CommandLine& line);
int bindgen_command(const CommandLine& line);
int wast_command(const CommandLine& line);
int validate_command(const CommandLine& line);
int print_command(const CommandLine& line);
int inspect_command(const CommandLine& line);
int completions_command(const CommandLine& line);
int man_command(const CommandLine& line);
int help_command(const CommandLine& line);

// The whole program: `words` is the command line without the program's name.
int run_program(const std::vector<std::string>& words);

// Errors on standard error, in the one form they have.
void print_error(const embed::Report& report);
int print_usage_error(const UsageError& error);  // gives the status

}  // namespace skerry::cli
