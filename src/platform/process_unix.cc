// Arguments and environment as POSIX has them: bytes, taken for UTF-8.
#include "platform/process.h"

#include <dlfcn.h>
#include <limits.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace skerry::platform {

std::vector<std::string> command_args(int argc, char** argv) {
  return argc > 0 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>();
}

uint64_t process_id() { return static_cast<uint64_t>(::getpid()); }

std::optional<std::string> environment_variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::string program_folder() {
  char path[PATH_MAX];
  const ssize_t bytes = readlink("/proc/self/exe", path, sizeof(path));
  if (bytes <= 0) return {};
  const std::string_view program(path, static_cast<size_t>(bytes));
  return std::string(program.substr(0, program.rfind('/')));
}

std::string code_folder() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&code_folder), &info) == 0) return {};
  const std::string_view file(info.dli_fname);
  // How a program was called says nothing of where it is.
  if (!file.starts_with('/')) return program_folder();
  return std::string(file.substr(0, file.rfind('/')));
}

}  // namespace skerry::platform
