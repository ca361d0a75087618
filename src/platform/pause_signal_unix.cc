// SA_ONSTACK, since the thread may be on a stack that has no room for a handler.
#include "platform/pause_signal.h"

#include <signal.h>
#include <ucontext.h>

#include <cerrno>
#include <mutex>

namespace skerry::platform {
namespace {

PauseClient pause_client = nullptr;
struct sigaction previous;

void on_signal(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  pause_client(static_cast<uint64_t>(registers[REG_RIP]));
  errno = saved_errno;
  if (previous.sa_flags & SA_SIGINFO)
    previous.sa_sigaction(signal, info, context);
  else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
    previous.sa_handler(signal);
}

}  // namespace

Result<void> install_pause_signal(int signal, PauseClient client) {
  static std::mutex mutex;
  static int installed = 0;
  const std::lock_guard lock(mutex);
  if (installed == signal) return {};
  if (installed != 0) return fail(ErrorCode::OsError, kNoPosition, EBUSY);
  struct sigaction action = {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  pause_client = client;
  // Read the previous action before ours can run.
  if (sigaction(signal, nullptr, &previous) != 0 || sigaction(signal, &action, nullptr) != 0)
    return fail(ErrorCode::OsError, kNoPosition, static_cast<uint64_t>(errno));
  installed = signal;
  return {};
}

}  // namespace skerry::platform
