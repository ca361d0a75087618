// Random bytes through BCryptGenRandom.
#include <windows.h>
// windows.h comes first: bcrypt.h needs its types.
#include <bcrypt.h>

#include <algorithm>

#include "platform/io_error.h"
#include "platform/random.h"

namespace skerry::platform {

Result<void> fill_random(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const size_t count = std::min<size_t>(bytes.size(), 1u << 30);
    const NTSTATUS status = BCryptGenRandom(nullptr, bytes.data(), static_cast<ULONG>(count),
                                            BCRYPT_USE_SYSTEM_PREFERRED_RNG);
    if (status < 0) return fail_io(IoError::Io, static_cast<uint32_t>(status));
    bytes = bytes.subspan(count);
  }
  return {};
}

}  // namespace skerry::platform
