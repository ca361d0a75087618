// HeldSignal: holds back a signal that a call of the system raises besides failing - SIGPIPE,
// SIGXFSZ - so that the call just fails. Whoever embeds us keeps its handlers and its mask.
// Not for rooms other than platform.
// Invariant: what was pending before still is; what the call raised is not. errno stays.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <ctime>

#include "platform/io_error_unix.h"

namespace skerry::platform {

class HeldSignal {
 public:
  // `error`: the errno that comes with it.
  HeldSignal(int number, int error) : error_(error) {
    sigemptyset(&signal_);
    sigaddset(&signal_, number);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, number) == 1;
    if (!was_pending_) pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~HeldSignal() {
    if (was_pending_) return;  // it was held back before, and one more changes nothing
    const int number = errno;
    if (number == error_) {
      const timespec at_once{0, 0};
      retry_interrupted([&] { return sigtimedwait(&signal_, nullptr, &at_once); });
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = number;
  }
  HeldSignal(const HeldSignal&) = delete;
  HeldSignal& operator=(const HeldSignal&) = delete;

 private:
  int error_;
  sigset_t signal_, before_;
  bool was_pending_;
};

// Asked once: next to nobody sets a limit to the size of files, least of all later.
inline bool has_file_size_limit() {
  static const bool has = [] {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
  }();
  return has;
}

// A call that may make a file larger: EFBIG where the process may not, instead of SIGXFSZ, which
// would end it.
template <class Call>
auto grow_file(Call call) {
  if (!has_file_size_limit()) [[likely]]
    return retry_interrupted(call);
  const HeldSignal held(SIGXFSZ, EFBIG);
  return retry_interrupted(call);
}

}  // namespace skerry::platform
