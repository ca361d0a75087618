// The XDG base directories.
#include "platform/process.h"
#include "platform/user_folders.h"

namespace skerry::platform {
namespace {

// A relative name in the variable is to be ignored, says the XDG specification.
std::string folder(const char* variable, const char* below_home) {
  const auto named = environment_variable(variable);
  if (named && named->starts_with('/')) return *named + "/skerry";
  const auto home = environment_variable("HOME");
  if (!home || !home->starts_with('/')) return {};
  return *home + below_home + "/skerry";
}

}  // namespace

std::string user_config_folder() { return folder("XDG_CONFIG_HOME", "/.config"); }
std::string user_cache_folder() { return folder("XDG_CACHE_HOME", "/.cache"); }

}  // namespace skerry::platform
