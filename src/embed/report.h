// Report: an error as people read it. The edge of the engine: below it errors are codes and
// numbers, here they become text, with what is known of the place. Not here: printing it, or the
// exit status.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry::embed {

struct Report {
  Error error;
  // "error: ..." in one line, then details, indented; every line ends with a newline.
  std::string text;
};

template <class T>
using Reported = std::expected<T, Report>;

std::unexpected<Report> report(const Error& error, std::string_view message,
                               std::string details = {});

// Names come from modules, which nobody has to trust, and go to terminals: `?` for every character
// that could do more there than be seen.
std::string printable(std::string_view name);

// What went wrong, without any place: the code's text, or for an error of the system the system's
// reason, for a disabled feature its name, for an unsupported instruction its spelling.
std::string explain(const Error& error);

}  // namespace skerry::embed
