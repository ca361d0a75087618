// What AddressSanitizer has to be told where frames are left without returning from them, on a
// stack that may not be the thread's own: it sees to that itself only on the one that the thread
// was started with. Not here: leaving them.
#pragma once

#include <cstdint>

#include "platform/threads.h"
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

namespace skerry::platform {

// All frames below this stack pointer, that of the caller included, are left now.
[[gnu::always_inline]] inline void abandon_frames_below([[maybe_unused]] uintptr_t outer_rsp) {
#ifdef __SANITIZE_ADDRESS__
  const uintptr_t rsp = stack_pointer();
  __asan_unpoison_memory_region(reinterpret_cast<const void*>(rsp), outer_rsp - rsp);
#endif
}

}  // namespace skerry::platform
