// Path resolution by the kernel, beneath a directory. Not for rooms other than platform.
#pragma once

#include <string_view>

#include "platform/directory.h"

namespace skerry::platform {

bool has_kernel_resolver();
// As Beneath::open. WouldBlock: somebody keeps renaming directories under way; walk instead.
Result<File> kernel_open(const Dir& root, std::string_view path, bool follow_last,
                         const OpenOptions& options);
// A directory, for finding names in it.
Result<Dir> kernel_open_for_walk(const Dir& root, std::string_view path);

}  // namespace skerry::platform
