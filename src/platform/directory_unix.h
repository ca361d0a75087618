// What the Unix halves share about opening. Not for rooms other than platform.
#pragma once

#include "platform/files.h"

namespace skerry::platform {

int open_flags_of(const OpenOptions& options);

}  // namespace skerry::platform
