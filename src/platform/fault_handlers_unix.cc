// Fault handlers on Unix: sigaction with SA_ONSTACK, chaining to the handlers found at
// installation.
#include "platform/fault_handlers.h"

#include <link.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "platform/memory_map.h"

namespace skerry::platform {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

FaultClient fault_client = nullptr;
struct sigaction previous_actions[NSIG];

// The shared library this code is in; empty if it is part of the main program.
uintptr_t library_low = 0;
uintptr_t library_high = 0;

Fault describe(int signal, const siginfo_t& info, const ucontext_t& context) {
  Fault fault;
  fault.kind = signal == SIGILL   ? Fault::IllegalInstruction
               : signal == SIGFPE ? Fault::Arithmetic
                                  : Fault::Memory;
  fault.pc = static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RIP]);
  fault.sp = static_cast<uint64_t>(context.uc_mcontext.gregs[REG_RSP]);
  fault.address = reinterpret_cast<uint64_t>(info.si_addr);
  return fault;
}

void report_own_fault(int signal, const Fault& fault) {
  // Only async-signal-safe calls: the number is formatted by hand.
  char text[] =
      "skerry: internal fault (signal 00) at library offset 0x0000000000000000; please report\n";
  char* const digits = std::strstr(text, "00)");
  digits[0] = static_cast<char>('0' + signal / 10);
  digits[1] = static_cast<char>('0' + signal % 10);
  char* hex = std::strstr(text, "0x") + 2;
  for (int shift = 60; shift >= 0; shift -= 4)
    *hex++ = "0123456789abcdef"[(fault.pc - library_low) >> shift & 15];
  // Nothing is left to do if stderr is closed.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
}

// Lets the system's default action happen: a fault happens again on return, a sent signal is
// re-sent.
void take_default_action(int signal, const siginfo_t& info) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  if (info.si_code <= 0) raise(signal);
}

void chain(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous = previous_actions[signal];
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_DFL) {
    take_default_action(signal, *info);
  } else if (previous.sa_handler == SIG_IGN) {
    // The system does not let a program ignore a fault; a signal somebody sent it does.
    if (info->si_code > 0) take_default_action(signal, *info);
  } else {
    previous.sa_handler(signal);
  }
}

void on_signal(int signal, siginfo_t* info, void* context_word) {
  const int saved_errno = errno;
  auto* context = static_cast<ucontext_t*>(context_word);
  if (info->si_code > 0) {  // raised by the processor, not sent by a process
    Fault fault = describe(signal, *info, *context);
    if (fault_client(fault)) {
      context->uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(fault.pc);
      context->uc_mcontext.gregs[REG_RSP] = static_cast<greg_t>(fault.sp);
      errno = saved_errno;
      return;
    }
    if (fault.pc >= library_low && fault.pc < library_high) {
      report_own_fault(signal, fault);
      take_default_action(signal, *info);
      return;
    }
  }
  chain(signal, info, context_word);
  errno = saved_errno;
}

int find_own_library(dl_phdr_info* object, size_t, void* is_first) {
  // The main program comes first: if this code is in it, its faults are not ours to judge.
  const bool main_program = std::exchange(*static_cast<bool*>(is_first), false);
  const auto self = reinterpret_cast<uintptr_t>(&on_signal);
  for (size_t i = 0; i < object->dlpi_phnum; ++i) {
    const auto& header = object->dlpi_phdr[i];
    if (header.p_type != PT_LOAD) continue;
    const uintptr_t low = object->dlpi_addr + header.p_vaddr;
    if (self < low || self >= low + header.p_memsz) continue;
    if (!main_program) {
      library_low = low;
      library_high = low + header.p_memsz;
    }
    return 1;
  }
  return 0;
}

Result<void> install(FaultClient client) {
  fault_client = client;
  bool is_first = true;
  dl_iterate_phdr(find_own_library, &is_first);
  for (int signal : kSignals) {
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    // No second handler may start on the same small stack while this one runs.
    sigfillset(&action.sa_mask);
    // Read the previous action before ours can run.
    if (sigaction(signal, nullptr, &previous_actions[signal]) != 0 ||
        sigaction(signal, &action, nullptr) != 0)
      return fail(ErrorCode::OsError, kNoPosition, static_cast<uint64_t>(errno));
  }
  return {};
}

class AlternateStack {
 public:
  AlternateStack() {
    const uint64_t wanted = round_up_to_page(getauxval(AT_MINSIGSTKSZ) + (64 << 10));
    void* base = mmap(nullptr, wanted + page_bytes(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return;  // a fault then ends the process, as it would have anyway
    base_ = static_cast<uint8_t*>(base);
    bytes_ = wanted + page_bytes();
    mprotect(base_, page_bytes(), PROT_NONE);
    stack_t stack = {};
    stack.ss_sp = base_ + page_bytes();
    stack.ss_size = wanted;
    sigaltstack(&stack, nullptr);
  }
  ~AlternateStack() {
    if (base_ == nullptr) return;
    stack_t current = {};
    sigaltstack(nullptr, &current);
    if (current.ss_sp == base_ + page_bytes()) {
      stack_t none = {};
      none.ss_flags = SS_DISABLE;
      sigaltstack(&none, nullptr);
    }
    munmap(base_, bytes_);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  uint8_t* base_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace

Result<void> install_fault_handlers(FaultClient client) {
  static std::once_flag once;
  static Result<void> outcome;
  std::call_once(once, [&] { outcome = install(client); });
  assert(fault_client == client);
  return outcome;
}

void prepare_unprepared_thread() {
  thread_facts.takes_faults = true;
  thread_facts.stack = find_thread_stack();
  stack_t current = {};
  if (sigaltstack(nullptr, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
  thread_local AlternateStack stack;
}

}  // namespace skerry::platform
