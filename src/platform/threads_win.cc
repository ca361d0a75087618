// Threads on Windows. The thread word is a TLS slot read straight from the thread's environment
// block: compiler-made thread_local variables call into the C runtime under mingw, which a handler
// must not.
#include "platform/threads.h"

#include <intrin.h>
#include <windows.h>

#include <cassert>

#include "platform/detached_thread.h"

namespace skerry::platform {
namespace {

// The first 64 TLS slots lie at this offset of the thread environment block.
constexpr unsigned kInlineSlotsOffset = 0x1480;
constexpr DWORD kInlineSlots = 64;

DWORD word_slot() {
  static const DWORD slot = TlsAlloc();
  return slot;
}
// Allocated before main(), so that reading it in a handler never runs the static's guard for the
// first time.
const DWORD kSlotAtStart = word_slot();

}  // namespace

unsigned hardware_threads() {
  DWORD_PTR process = 0;
  DWORD_PTR system = 0;
  if (GetProcessAffinityMask(GetCurrentProcess(), &process, &system) && process != 0)
    return static_cast<unsigned>(__builtin_popcountll(process));
  return 1;
}

StackBounds thread_stack() {
  ULONG_PTR low = 0;
  ULONG_PTR high = 0;
  GetCurrentThreadStackLimits(&low, &high);
  return {low, high};
}

void* thread_word() {
  const DWORD slot = word_slot();
  if (slot < kInlineSlots) [[likely]]
    return reinterpret_cast<void*>(__readgsqword(kInlineSlotsOffset + 8 * slot));
  return TlsGetValue(slot);
}

void set_thread_word(void* word) {
  const DWORD slot = word_slot();
  if (slot < kInlineSlots) [[likely]]
    __writegsqword(kInlineSlotsOffset + 8 * slot, reinterpret_cast<uintptr_t>(word));
  else
    TlsSetValue(slot, word);
}

std::optional<int32_t> thread_word_from_fs() { return std::nullopt; }

struct Thread::State {
  HANDLE handle = nullptr;
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

Result<Thread> Thread::start(std::function<void()> body, uint64_t stack_bytes) {
  auto state = std::make_unique<State>();
  state->body = std::move(body);
  const LPTHREAD_START_ROUTINE run = [](void* argument) -> DWORD {
    static_cast<State*>(argument)->body();
    return 0;
  };
  state->handle = CreateThread(nullptr, stack_bytes, run, state.get(),
                               STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
  if (state->handle == nullptr) return fail(ErrorCode::OsError, kNoPosition, GetLastError());
  return Thread(std::move(state));
}

Result<void> start_detached(std::function<void()> body, uint64_t stack_bytes) {
  using Body = std::function<void()>;
  auto owned = std::make_unique<Body>(std::move(body));
  const LPTHREAD_START_ROUTINE run = [](void* argument) -> DWORD {
    const std::unique_ptr<Body> own(static_cast<Body*>(argument));
    (*own)();
    return 0;
  };
  const HANDLE handle = CreateThread(nullptr, stack_bytes, run, owned.get(),
                                     STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr);
  if (handle == nullptr) return fail(ErrorCode::OsError, kNoPosition, GetLastError());
  static_cast<void>(owned.release());  // the thread's now
  CloseHandle(handle);
  return {};
}

void Thread::join() {
  assert(state_ != nullptr);
  WaitForSingleObject(state_->handle, INFINITE);
  CloseHandle(state_->handle);
  state_.reset();
}

}  // namespace skerry::platform
