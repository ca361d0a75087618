// A signal that a language runtime in the same process sends its threads when it wants one back, as
// Go does with SIGURG: a client hears of it too. Not here: what the client does about it.
// Invariant: the runtime's own handler runs afterwards as if nothing had been there.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace skerry::platform {

// Runs in a signal handler, on the thread that the signal came to: no locks, no allocation. `pc`:
// where the thread was.
using PauseClient = void (*)(uint64_t pc);

// Once a process; later calls with the same signal do nothing, another one is refused. Never
// undone. Not on Windows (OsError).
Result<void> install_pause_signal(int signal, PauseClient client);

}  // namespace skerry::platform
