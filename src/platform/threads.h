// Threads: starting one with a stack of a given size, facts about the current one, and one word of
// storage a thread that fault handlers may read.
// Not here: locks (std::mutex and std::condition_variable do; std::atomic::wait loses wake-ups
// under mingw and is not used).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"

namespace skerry::platform {

// Processors this process may run on; at least 1.
unsigned hardware_threads();

// What the body of a loop that waits for another processor says.
inline void spin_pause() { __builtin_ia32_pause(); }

struct StackBounds {
  uintptr_t low = 0;  // both 0: unknown
  uintptr_t high = 0;
  bool contains(uintptr_t address) const { return address - low < high - low; }
};
// Where the stack is now that this is called on.
inline uintptr_t stack_pointer() {
  uintptr_t rsp;
  __asm__("movq %%rsp, %0" : "=r"(rsp));
  return rsp;
}

// thread_stack(): of the stack that the system gave the current thread (the thread may be running
// on another one). Known once the thread is prepared for faults (fault_handlers.h).
// thread_word(): one pointer a thread, null at first. Reading it is safe in signal and exception
// handlers. It must be read anew after anything that may switch threads.
#ifdef _WIN32
StackBounds thread_stack();
void* thread_word();
void set_thread_word(void* word);
#else
struct ThreadFacts {
  void* word = nullptr;
  StackBounds stack;
  bool takes_faults = false;
};
extern __thread ThreadFacts thread_facts __attribute__((tls_model("initial-exec")));
StackBounds find_thread_stack();  // slow

inline StackBounds thread_stack() { return thread_facts.stack; }
inline void* thread_word() { return thread_facts.word; }
inline void set_thread_word(void* word) { thread_facts.word = word; }
#endif
// For generated code: where the word is from the address that the segment register fs has, the same
// on all threads. Absent: it is not to be had by fs.
std::optional<int32_t> thread_word_from_fs();

class Thread {
 public:
  Thread() noexcept;
  // The thread takes no signals but for its own faults.
  // stack_bytes 0: the system's default. Stack memory is used only as far as it is touched.
  static Result<Thread> start(std::function<void()> body, uint64_t stack_bytes = 0);
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread();  // the thread must have been joined

  bool is_running() const { return state_ != nullptr; }
  void join();

 private:
  struct State;
  explicit Thread(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace skerry::platform
