// Threads that nobody waits for. Not here: those that somebody joins (threads.h).
// Invariant: what the body holds is gone before the thread is.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"

namespace skerry::platform {

// As Thread::start(). A process that ends does not wait for it.
Result<void> start_detached(std::function<void()> body, uint64_t stack_bytes = 0);

}  // namespace skerry::platform
