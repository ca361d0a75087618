// What poll_oneoff shares with the clock functions.
#pragma once

#include "base/result.h"
#include "platform/clocks.h"
#include "wasi/abi.h"

namespace skerry::wasi {

// Inval if there is no such clock.
Result<platform::Clock> clock_of_id(ClockId id);

}  // namespace skerry::wasi
