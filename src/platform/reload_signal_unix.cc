// SIGHUP sets a flag.
#include "platform/reload_signal.h"

#include <signal.h>

#include <atomic>

namespace skerry::platform {
namespace {

std::atomic<bool> has_come = false;
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

void note_reload_signal() {
  struct sigaction action{};
  action.sa_handler = [](int) { has_come.store(true); };
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

bool take_reload_signal() { return has_come.exchange(false); }

}  // namespace skerry::platform
