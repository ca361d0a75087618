// Random bytes through getrandom(2).
#include "platform/random.h"

#include <sys/random.h>

#include "platform/io_error_unix.h"

namespace skerry::platform {

Result<void> fill_random(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    // Large requests come back short, at most 32 MiB a call.
    const ssize_t count =
        retry_interrupted([&] { return getrandom(bytes.data(), bytes.size(), 0); });
    if (count < 0) return fail_errno(errno);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return {};
}

}  // namespace skerry::platform
