// Where a user's settings and caches of this program belong. Not here: making the folders.
#pragma once

#include <string>

namespace skerry::platform {

// Ending in the program's own name; empty if the environment does not say. What XDG_CONFIG_HOME and
// XDG_CACHE_HOME name, or ~/.config and ~/.cache; on Windows what APPDATA and LOCALAPPDATA name.
std::string user_config_folder();
std::string user_cache_folder();

}  // namespace skerry::platform
