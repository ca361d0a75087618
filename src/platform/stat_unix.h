// What the Unix halves share about file attributes. Not for rooms other than platform.
#pragma once

#include <sys/stat.h>

#include "platform/files.h"

namespace skerry::platform {

FileType file_type_of_mode(mode_t mode);
FileStat file_stat_of(const struct stat& from);
timespec timespec_of(TimeChange change);

}  // namespace skerry::platform
