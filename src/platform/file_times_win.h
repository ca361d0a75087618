// Windows' file times (100 ns since 1601) to and from nanoseconds since 1970. Header-only; not for
// rooms other than platform.
#pragma once

#include <cstdint>

namespace skerry::platform {

inline constexpr int64_t kUnixEpochTicks = 116'444'736'000'000'000;
inline constexpr int64_t kTickNs = 100;

// Times before 1970 read as 0.
inline uint64_t unix_ns_of_ticks(int64_t ticks) {
  if (ticks < kUnixEpochTicks) return 0;
  return static_cast<uint64_t>(ticks - kUnixEpochTicks) * kTickNs;
}
inline int64_t ticks_of_unix_ns(uint64_t time_ns) {
  return static_cast<int64_t>(time_ns / kTickNs) + kUnixEpochTicks;
}

}  // namespace skerry::platform
