// Chaining to handlers that were there before, and alternate stacks. Each case runs in a process of
// its own, since handlers are installed once.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "platform/fault_handlers.h"

namespace skerry::platform {
namespace {

bool knows_nothing(Fault&) { return false; }

void set_handler(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | flags;
  sigaction(signal, &action, nullptr);
}

void exit_if_faulted_at_16(int signal, siginfo_t* info, void* context) {
  _exit(signal == SIGSEGV && info->si_addr == reinterpret_cast<void*>(16) && context ? 42 : 1);
}

void read_16() {
  // Volatile pointer: the compiler must not see what is read.
  int* volatile at = reinterpret_cast<int*>(16);
  *static_cast<volatile int*>(at) = 1;
}

class ChainingDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

TEST_F(ChainingDeathTest, UnknownFaultsReachThePreviousHandler) {
  EXPECT_EXIT(
      {
        set_handler(SIGSEGV, exit_if_faulted_at_16, SA_ONSTACK);
        (void)install_fault_handlers(knows_nothing);
        read_16();
      },
      ::testing::ExitedWithCode(42), "");
}

TEST_F(ChainingDeathTest, PlainHandlersAreChainedToo) {
  EXPECT_EXIT(
      {
        signal(SIGSEGV, [](int) { _exit(43); });
        (void)install_fault_handlers(knows_nothing);
        read_16();
      },
      ::testing::ExitedWithCode(43), "");
}

TEST_F(ChainingDeathTest, WithoutAHandlerTheDefaultActionHappens) {
  EXPECT_EXIT(
      {
        signal(SIGSEGV, SIG_DFL);
        (void)install_fault_handlers(knows_nothing);
        read_16();
      },
      ::testing::KilledBySignal(SIGSEGV), "");
}

TEST_F(ChainingDeathTest, AnIgnoredSignalStaysIgnoredWhenSent) {
  EXPECT_EXIT(
      {
        signal(SIGFPE, SIG_IGN);
        (void)install_fault_handlers(knows_nothing);
        kill(getpid(), SIGFPE);
        _exit(44);
      },
      ::testing::ExitedWithCode(44), "");
}

TEST_F(ChainingDeathTest, ASentSignalHasItsDefaultAction) {
  EXPECT_EXIT(
      {
        signal(SIGBUS, SIG_DFL);
        (void)install_fault_handlers(knows_nothing);
        kill(getpid(), SIGBUS);
        _exit(1);
      },
      ::testing::KilledBySignal(SIGBUS), "");
}

TEST_F(ChainingDeathTest, ThePreviousHandlerRunsOnTheAlternateStack) {
  EXPECT_EXIT(
      {
        static stack_t before;
        stack_t none = {};
        none.ss_flags = SS_DISABLE;
        sigaltstack(&none, nullptr);
        prepare_thread_for_faults();
        set_handler(
            SIGSEGV,
            [](int, siginfo_t*, void*) {
              sigaltstack(nullptr, &before);
              _exit(before.ss_flags & SS_ONSTACK ? 45 : 1);
            },
            0);
        (void)install_fault_handlers(knows_nothing);
        read_16();
      },
      ::testing::ExitedWithCode(45), "");
}

TEST_F(ChainingDeathTest, OurHandlerRunsOnTheAlternateStack) {
  EXPECT_EXIT(
      {
        // Also where the handlers before it did not ask for that.
        for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE})
          set_handler(signal, exit_if_faulted_at_16, 0);
        static stack_t during;
        (void)install_fault_handlers([](Fault&) {
          sigaltstack(nullptr, &during);
          _exit(during.ss_flags & SS_ONSTACK ? 47 : 1);
          return false;
        });
        for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) {
          struct sigaction installed = {};
          sigaction(signal, nullptr, &installed);
          if (!(installed.sa_flags & SA_ONSTACK) || !(installed.sa_flags & SA_SIGINFO)) _exit(2);
        }
        prepare_thread_for_faults();
        read_16();
      },
      ::testing::ExitedWithCode(47), "");
}

TEST_F(ChainingDeathTest, AnExistingAlternateStackIsKept) {
  EXPECT_EXIT(
      {
        static char own[1 << 16];
        stack_t stack = {};
        stack.ss_sp = own;
        stack.ss_size = sizeof(own);
        sigaltstack(&stack, nullptr);
        prepare_thread_for_faults();
        stack_t now = {};
        sigaltstack(nullptr, &now);
        _exit(now.ss_sp == own ? 46 : 1);
      },
      ::testing::ExitedWithCode(46), "");
}

}  // namespace
}  // namespace skerry::platform
