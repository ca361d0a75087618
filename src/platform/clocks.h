// The system's clocks, in nanoseconds. Not here: waiting (poll.h).
#pragma once

#include <cstdint>

#include "base/result.h"

namespace skerry::platform {

enum class Clock : uint8_t {
  Realtime,        // since 1970-01-01 UTC; may be set back
  Monotonic,       // from some point in the past; never goes back
  ProcessCpuTime,  // spent by this process
  ThreadCpuTime,   // spent by the calling thread
};

Result<uint64_t> clock_now_ns(Clock clock);
Result<uint64_t> clock_resolution_ns(Clock clock);

}  // namespace skerry::platform
