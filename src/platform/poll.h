// Waiting: until files can be read or written, or until a time. Not here: who waits for what, and
// interruption; callers wait in slices and look.
#pragma once

#include <cstdint>
#include <span>

#include "platform/files.h"

namespace skerry::platform {

inline constexpr uint64_t kForever = ~uint64_t{0};

struct PollItem {
  const File* file = nullptr;
  bool want_read = false;
  bool want_write = false;
  bool want_count = false;  // of readable bytes; it may take one more question to the system
  // Answers. An item in trouble counts as ready: reading or writing then says what is wrong.
  bool is_readable = false;
  bool is_writable = false;
  bool is_hung_up = false;
  uint64_t readable_bytes = 0;  // at least; 0 if unknown or not asked for
};

// Waits until an item is ready or `timeout_ns` has passed. The number of items that are ready, 0
// after the time or when a signal came. Without items it sleeps.
Result<size_t> poll(std::span<PollItem> items, uint64_t timeout_ns);

// Lets other threads run.
void yield_thread();

}  // namespace skerry::platform
