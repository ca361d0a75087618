// Reading and writing pipes, sockets and terminals without waiting and without SIGPIPE.
// Not for rooms other than platform: File::read and File::write choose it for streams.
#pragma once

#include <span>

#include "platform/files.h"

namespace skerry::platform {

Result<size_t> read_stream(int fd, FileType type, std::span<const IoSlice> slices);
Result<size_t> write_stream(int fd, FileType type, std::span<const IoSlice> slices);
FileType socket_type(int fd);

}  // namespace skerry::platform
