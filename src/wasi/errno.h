// Errno: the number a WASI function returns, and how it is kept in an Error on the way there.
// Functions fail with either a platform error or fail_with(Errno); errno_of() answers for both.
// Invariant: an Error that is not about the call (exit, interruption, a bug of ours) has no errno
// and leaves the guest instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace skerry::wasi {

enum class Errno : uint16_t {
  Success = 0,
#define ERRNO_OF_WASI(number, enumerator, name) enumerator = number,
#define ERRNO(number, enumerator, name, platform_error) enumerator = number,
#include "wasi/errno.def"
#undef ERRNO
#undef ERRNO_OF_WASI
};
inline constexpr uint16_t kErrnoCount = 87;

std::unexpected<Error> fail_with(Errno number);
// Absent: the error is not an answer to the guest.
std::optional<Errno> errno_of(const Error& error);
std::string_view errno_name(Errno number);

}  // namespace skerry::wasi
