// IoError: why an operation on a file or stream failed, the same on every system, and how it
// travels in an Error: code OsError, a = the system's own number, b = IoError + 1 (0: unknown).
// Not here: WASI's numbers (wasi/errno.def has them, by name).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace skerry::platform {

enum class IoError : uint8_t {
#define IO_ERROR(name, posix, text) name,
#include "platform/io_errors.def"
#undef IO_ERROR
};
inline constexpr size_t kIoErrorCount = 0
#define IO_ERROR(name, posix, text) +1
#include "platform/io_errors.def"
#undef IO_ERROR
    ;

// A failure that is known by its name; `system_number` is the system's own code where it gave one.
inline std::unexpected<Error> fail_io(IoError why, uint64_t system_number = 0) {
  return fail(ErrorCode::OsError, kNoPosition, system_number, static_cast<uint64_t>(why) + 1);
}
// A failure the system reported last: errno, or GetLastError().
std::unexpected<Error> fail_last_os_error();

// Io for errors that do not say.
inline IoError io_error(const Error& error) {
  if (error.code == ErrorCode::OutOfMemory) return IoError::OutOfMemory;
  const bool named = error.code == ErrorCode::OsError && error.b >= 1 && error.b <= kIoErrorCount;
  return named ? static_cast<IoError>(error.b - 1) : IoError::Io;
}
inline bool is_io_error(const Error& error, IoError why) {
  return error.code == ErrorCode::OsError && error.b == static_cast<uint64_t>(why) + 1;
}
std::string_view io_error_text(IoError why);

}  // namespace skerry::platform
