// What the Unix halves of files and sockets share: errno to Error, and calling again after EINTR.
// Not for rooms other than platform.
#pragma once

#include <sys/types.h>

#include <cerrno>

#include "platform/io_error.h"

namespace skerry::platform {

IoError io_error_of_errno(int number);
inline std::unexpected<Error> fail_errno(int number) {
  return fail_io(io_error_of_errno(number), static_cast<uint64_t>(number));
}

// What a transfer says: bytes, or -1.
inline Result<size_t> counted(ssize_t count) {
  if (count < 0) return fail_errno(errno);
  return static_cast<size_t>(count);
}

// Calls until the result is not "interrupted by a signal".
template <class Call>
auto retry_interrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace skerry::platform
