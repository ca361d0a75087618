// Threads and signals: what is meant for the application is left to its own threads. Unix only.
#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>

#include "platform/threads.h"

namespace skerry::platform {
namespace {

sigset_t current_mask() {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return mask;
}

TEST(ThreadsUnix, TakeNoSignalsOfTheApplication) {
  const sigset_t before = current_mask();
  sigset_t within;
  auto thread = Thread::start([&] { within = current_mask(); });
  ASSERT_TRUE(thread);
  thread->join();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPROF, SIGURG})
    EXPECT_TRUE(sigismember(&within, signal)) << signal;
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    EXPECT_FALSE(sigismember(&within, fault)) << fault;
  const sigset_t after = current_mask();
  for (int signal = 1; signal < SIGRTMIN; ++signal)
    EXPECT_EQ(sigismember(&after, signal), sigismember(&before, signal)) << signal;
}

}  // namespace
}  // namespace skerry::platform
