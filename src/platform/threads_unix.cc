// Threads on Unix: pthreads.
#include "platform/threads.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <climits>
#include <csignal>

#include "platform/detached_thread.h"
#include "platform/io_error_unix.h"
#include "platform/memory_map.h"

namespace skerry::platform {

__thread ThreadFacts thread_facts __attribute__((tls_model("initial-exec")));

StackBounds find_thread_stack() {
  StackBounds bounds;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return bounds;
  void* low = nullptr;
  size_t bytes = 0;
  size_t guard_bytes = 0;
  if (pthread_attr_getstack(&attributes, &low, &bytes) == 0 &&
      pthread_attr_getguardsize(&attributes, &guard_bytes) == 0) {
    bounds.low = reinterpret_cast<uintptr_t>(low) + guard_bytes;
    bounds.high = reinterpret_cast<uintptr_t>(low) + bytes;
  }
  pthread_attr_destroy(&attributes);
  return bounds;
}

unsigned hardware_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return static_cast<unsigned>(count);
  }
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<unsigned>(online) : 1;
}

std::optional<int32_t> thread_word_from_fs() {
  uintptr_t fs;
  __asm__("movq %%fs:0, %0" : "=r"(fs));
  return static_cast<int32_t>(reinterpret_cast<uintptr_t>(&thread_facts.word) - fs);
}

struct Thread::State {
  pthread_t id{};
  std::function<void()> body;
};

Thread::Thread() noexcept = default;
Thread::Thread(std::unique_ptr<State> state) : state_(std::move(state)) {}
Thread::Thread(Thread&& other) noexcept = default;
Thread& Thread::operator=(Thread&& other) noexcept {
  assert(state_ == nullptr);
  state_ = std::move(other.state_);
  return *this;
}
Thread::~Thread() { assert(state_ == nullptr); }

namespace {

using StartRoutine = void* (*)(void*);

// While one exists, threads that the current one makes take no signals that are meant for the
// application: its handlers may expect its own threads. Faults are the thread's own and stay.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t most;
    sigfillset(&most);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS})
      sigdelset(&most, fault);
    pthread_sigmask(SIG_SETMASK, &most, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

Result<pthread_t> start_thread(StartRoutine run, void* argument, uint64_t stack_bytes) {
  pthread_t id{};
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return fail_errno(error);
  if (stack_bytes != 0) {
    const uint64_t least = static_cast<uint64_t>(PTHREAD_STACK_MIN);
    error = pthread_attr_setstacksize(&attributes, round_up_to_page(std::max(stack_bytes, least)));
  }
  if (error == 0) {
    const SignalsBlocked blocked;
    error = pthread_create(&id, &attributes, run, argument);
  }
  pthread_attr_destroy(&attributes);
  // How pthread_create says that there is no room for the stack.
  if (error == EAGAIN) return fail(ErrorCode::OutOfMemory);
  if (error != 0) return fail_errno(error);
  return id;
}

}  // namespace

Result<Thread> Thread::start(std::function<void()> body, uint64_t stack_bytes) {
  auto state = std::make_unique<State>();
  state->body = std::move(body);
  const StartRoutine run = [](void* argument) -> void* {
    static_cast<State*>(argument)->body();
    return nullptr;
  };
  // Nothing reads the id before the thread is joined.
  state->id = TRY(start_thread(run, state.get(), stack_bytes));
  return Thread(std::move(state));
}

Result<void> start_detached(std::function<void()> body, uint64_t stack_bytes) {
  using Body = std::function<void()>;
  auto owned = std::make_unique<Body>(std::move(body));
  const StartRoutine run = [](void* argument) -> void* {
    const std::unique_ptr<Body> own(static_cast<Body*>(argument));
    (*own)();
    return nullptr;
  };
  pthread_detach(TRY(start_thread(run, owned.get(), stack_bytes)));
  static_cast<void>(owned.release());  // the thread's now
  return {};
}

void Thread::join() {
  assert(state_ != nullptr);
  pthread_join(state_->id, nullptr);
  state_.reset();
}

}  // namespace skerry::platform
