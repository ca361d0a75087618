// The folders that Windows names in every process's environment.
#include "platform/process.h"
#include "platform/user_folders.h"

namespace skerry::platform {
namespace {

std::string folder(const char* variable) {
  const auto named = environment_variable(variable);
  if (!named || named->empty()) return {};
  return *named + "\\skerry";
}

}  // namespace

std::string user_config_folder() { return folder("APPDATA"); }
std::string user_cache_folder() { return folder("LOCALAPPDATA"); }

}  // namespace skerry::platform
