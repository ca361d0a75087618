// ExitStatus: what the process ends with, as exit_status.def lists it, and the mapping of errors to
// it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace skerry::cli {

enum class ExitStatus : uint8_t {
#define STATUS(id, number, text) id = number,
#include "cli/exit_status.def"
#undef STATUS
};

struct ExitStatusInfo {
  ExitStatus status;
  std::string_view text;
};
std::span<const ExitStatusInfo> all_exit_statuses();

constexpr int number(ExitStatus status) { return static_cast<int>(status); }

// Of `skerry run` when it ends with this error. A ProgramExit is the program's own status.
int run_status(const Error& error);

}  // namespace skerry::cli
