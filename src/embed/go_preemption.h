// Preemption for programs of the Go compiler: goroutines take turns though none yields, and the
// collector's mark phase ends soon after it began. On other systems a thread of Go's runtime asks
// the running goroutine for that now and then, which Go's WebAssembly port has not got: here the
// engine asks, in the same way, by the goroutine's stack guard. Its next function prologue then
// calls Go's scheduler. Not here: ticks (runtime). Invariant: memory is only written if all that
// can be seen of the runtime's structures is as expected.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "runtime/instance.h"
#include "runtime/store.h"
#include "wasm/module.h"

namespace skerry::embed {

// Whether the module has the globals of a program of the Go compiler and says that it is one.
bool is_go_program(const Module& module);

// What function prologues call where the stack ends (Go's runtime.morestack). Absent: no func has
// such a prologue.
std::optional<uint32_t> find_morestack(const ValidatedModule& validated);

// Asking takes two steps. Not all prologues bear the guard's value that says "yield": those of
// large frames add to it, and 32 bits wrap around. So the guard is first raised to the end of the
// stack, and gets that value only when a prologue has found the stack too short and called
// morestack. A guard raised in vain is soon set back.
class GoPreemption {
 public:
  // The instance is of a Go program and outlives this.
  explicit GoPreemption(runtime::Instance& instance) : instance_(instance) {}

  // A TickHandler.
  bool tick(const runtime::Frame* where);

 private:
  struct Asked {
    uint64_t goroutine = 0;  // address of its g
    uint64_t guard = 0;      // before
    uint64_t raised = 0;     // what it was set to
    unsigned polls_left = 0;
  };
  std::optional<Asked> raise_guard() const;
  bool is_answered(const runtime::Frame* where) const;
  void set_guard(uint64_t guard) const;

  runtime::Instance& instance_;
  bool was_looked_for_ = false;
  std::optional<uint32_t> morestack_;
  std::optional<Asked> asked_;
};

// From now on, every `time_slice`. The instance is of a Go program.
void preempt_goroutines(runtime::Instance& instance, std::chrono::nanoseconds time_slice);

}  // namespace skerry::embed
