// Clocks.
#include "wasi/clock.h"

#include "wasi/functions.h"

namespace skerry::wasi {

Result<platform::Clock> clock_of_id(ClockId id) {
  switch (id) {
    case 0: return platform::Clock::Realtime;
    case 1: return platform::Clock::Monotonic;
    case 2: return platform::Clock::ProcessCpuTime;
    case 3: return platform::Clock::ThreadCpuTime;
    default: return fail_with(Errno::Inval);
  }
}

Result<void> clock_res_get(Call& call, ClockId id, Ptr resolution_out) {
  const auto out = TRY(call.out<Timestamp>(resolution_out));
  out.set(TRY(call.context().clock_resolution_ns(TRY(clock_of_id(id)))));
  return {};
}

// The precision a program asks for is not needed: clocks are read as precisely as it may.
Result<void> clock_time_get(Call& call, ClockId id, Timestamp, Ptr time_out) {
  const auto out = TRY(call.out<Timestamp>(time_out));
  out.set(TRY(call.context().clock_now_ns(TRY(clock_of_id(id)))));
  return {};
}

}  // namespace skerry::wasi
