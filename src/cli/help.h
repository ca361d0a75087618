// Help as text, made from the tables.
#pragma once

#include <string>

#include "cli/tables.h"

namespace skerry::cli {

// `skerry --help`: what there is, with examples, and the options for running a program.
std::string overview_help();
// `skerry help COMMAND`.
std::string command_help(Command command);
// "skerry run [OPTIONS] FILE [ARGS]..."
std::string usage_line(Command command);

// `text` broken at spaces so that no line passes `width`; every line but the first is indented.
std::string wrapped(std::string_view text, unsigned indent, unsigned width);

}  // namespace skerry::cli
