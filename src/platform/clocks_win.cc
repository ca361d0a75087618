// Clocks of Windows: FILETIME (100 ns since 1601) and the performance counter.
#include <windows.h>

#include "platform/clocks.h"
#include "platform/file_times_win.h"
#include "platform/io_error.h"

namespace skerry::platform {
namespace {

uint64_t ticks(const FILETIME& time) {
  return static_cast<uint64_t>(time.dwHighDateTime) << 32 | time.dwLowDateTime;
}

uint64_t counter_frequency() {
  static const uint64_t frequency = [] {
    LARGE_INTEGER value;
    QueryPerformanceFrequency(&value);  // cannot fail since Windows XP
    return static_cast<uint64_t>(value.QuadPart);
  }();
  return frequency;
}

uint64_t monotonic_ns() {
  LARGE_INTEGER value;
  QueryPerformanceCounter(&value);
  const uint64_t count = static_cast<uint64_t>(value.QuadPart), frequency = counter_frequency();
  // Split, so that the product does not overflow.
  return count / frequency * 1'000'000'000 + count % frequency * 1'000'000'000 / frequency;
}

}  // namespace

Result<uint64_t> clock_now_ns(Clock clock) {
  FILETIME created, exited, kernel, user;
  switch (clock) {
    case Clock::Realtime: {
      GetSystemTimePreciseAsFileTime(&user);
      return unix_ns_of_ticks(static_cast<int64_t>(ticks(user)));
    }
    case Clock::Monotonic: return monotonic_ns();
    case Clock::ProcessCpuTime:
      if (!GetProcessTimes(GetCurrentProcess(), &created, &exited, &kernel, &user))
        return fail_last_os_error();
      return (ticks(kernel) + ticks(user)) * uint64_t{kTickNs};
    case Clock::ThreadCpuTime:
      if (!GetThreadTimes(GetCurrentThread(), &created, &exited, &kernel, &user))
        return fail_last_os_error();
      return (ticks(kernel) + ticks(user)) * uint64_t{kTickNs};
  }
  __builtin_unreachable();
}

Result<uint64_t> clock_resolution_ns(Clock clock) {
  if (clock == Clock::Realtime) return uint64_t{kTickNs};
  if (clock == Clock::Monotonic) {
    const uint64_t resolution = 1'000'000'000 / counter_frequency();
    return resolution == 0 ? 1 : resolution;
  }
  // CPU times advance with the scheduler's tick.
  DWORD adjustment, increment;
  BOOL disabled;
  if (!GetSystemTimeAdjustment(&adjustment, &increment, &disabled)) return fail_last_os_error();
  return uint64_t{increment} * uint64_t{kTickNs};
}

}  // namespace skerry::platform
