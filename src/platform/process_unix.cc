// Arguments and environment as POSIX has them: bytes, taken for UTF-8.
#include "platform/process.h"

#include <cstdlib>

namespace skerry::platform {

std::vector<std::string> command_args(int argc, char** argv) {
  return argc > 0 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>();
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace skerry::platform
