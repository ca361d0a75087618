// Clocks through clock_gettime (a call without entering the kernel for the first two).
#include <ctime>

#include "platform/clocks.h"
#include "platform/io_error_unix.h"

namespace skerry::platform {
namespace {

clockid_t system_clock_id(Clock clock) {
  switch (clock) {
    case Clock::Realtime: return CLOCK_REALTIME;
    case Clock::Monotonic: return CLOCK_MONOTONIC;
    case Clock::ProcessCpuTime: return CLOCK_PROCESS_CPUTIME_ID;
    case Clock::ThreadCpuTime: return CLOCK_THREAD_CPUTIME_ID;
  }
  __builtin_unreachable();
}

// A realtime clock set before 1970 reads as 0.
uint64_t nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

Result<uint64_t> clock_now_ns(Clock clock) {
  timespec time;
  if (clock_gettime(system_clock_id(clock), &time) != 0) return fail_errno(errno);
  return nanoseconds(time);
}

Result<uint64_t> clock_resolution_ns(Clock clock) {
  timespec time;
  if (clock_getres(system_clock_id(clock), &time) != 0) return fail_errno(errno);
  return nanoseconds(time);
}

}  // namespace skerry::platform
