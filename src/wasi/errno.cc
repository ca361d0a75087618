// errno.def read as two arrays: by number for names, by platform error for answers.
#include "wasi/errno.h"

#include <array>

#include "platform/io_error.h"

namespace skerry::wasi {
namespace {

using platform::IoError;
using platform::kIoErrorCount;

// In Error::b, above every platform error.
constexpr uint64_t kErrnoBase = 0x1000;
static_assert(kIoErrorCount < kErrnoBase);

constexpr auto kNames = [] {
  std::array<std::string_view, kErrnoCount> names{};
  names[0] = "success";
#define ERRNO_OF_WASI(number, enumerator, name) names[number] = name;
#define ERRNO(number, enumerator, name, platform_error) names[number] = name;
#include "wasi/errno.def"
#undef ERRNO
#undef ERRNO_OF_WASI
  return names;
}();

constexpr auto kOfPlatform = [] {
  std::array<Errno, kIoErrorCount> numbers{};
#define ERRNO(number, enumerator, name, platform_error) \
  numbers[static_cast<size_t>(IoError::platform_error)] = Errno::enumerator;
#include "wasi/errno.def"
#undef ERRNO
  return numbers;
}();

constexpr bool every_platform_error_has_a_number() {
  for (Errno number : kOfPlatform)
    if (number == Errno::Success) return false;
  return true;
}
static_assert(every_platform_error_has_a_number());

}  // namespace

std::unexpected<Error> fail_with(Errno number) {
  return fail(ErrorCode::OsError, kNoPosition, 0, kErrnoBase + static_cast<uint64_t>(number));
}

std::optional<Errno> errno_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::OsError:
      if (error.b >= kErrnoBase) return static_cast<Errno>(error.b - kErrnoBase);
      return kOfPlatform[static_cast<size_t>(platform::io_error(error))];
    case ErrorCode::OutOfMemory: return Errno::Nomem;
    case ErrorCode::TrapMemoryOutOfBounds:  // a pointer that GuestView refused
      return Errno::Fault;
    default: return std::nullopt;
  }
}

std::string_view errno_name(Errno number) { return kNames[static_cast<size_t>(number)]; }

}  // namespace skerry::wasi
