// Switching between a host's stack and one of ours: what runs on ours can be left in the middle and
// gone on with later, on any thread. The host's side may be assembly on a stack of a few hundred
// bytes, such as a goroutine's, and may lie elsewhere each time.
// Not here: memory for stacks (stack_memory.h), what runs there, and which states it is left in
// (capi/fiber.h).
// Processors predict where a `ret` leads by a stack of their own, which a switch would put out of
// step: every return on the way would be mispredicted. So stacks are left and resumed by jumps,
// whose targets hardly change; where C resumes, one `ret` takes off what that call pushed.
// Invariant: whoever leaves keeps no address of a thread-local variable, since the thread may be
// another one afterwards. No exception crosses a switch.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::platform {

// Its layout is known to the assembly.
struct SwitchPoint {
  void* host_sp = nullptr;   // the host's stack, while ours runs
  void* guest_sp = nullptr;  // where ours was left last
  void* top = nullptr;       // where the next start() begins; a multiple of 16
  void (*body)(SwitchPoint*) = nullptr;
  uintptr_t low = 0, high = 0;   // of our stack
  uint64_t host_thread[4] = {};  // Windows: what the thread knows of the host's stack
};

// The ways in. Each answers 0 when `body` has returned, else what switch_out() was given. A body
// may be left, another one started from `top` on, run to its end, and the first gone on with.
extern "C" {
// Argument and answer as in C, but no register is kept except the stack pointer: for assembly.
// Where the answer is not 0, rcx (Windows: rdx) has the address that start() returns to. Resuming
// is best done by pushing that and a jump: then the last return, that of start(), goes where it was
// called.
uint32_t skerry_stack_start(SwitchPoint* point);
uint32_t skerry_stack_resume(SwitchPoint* point);
// For C and for whatever calls C.
uint32_t skerry_stack_start_from_c(SwitchPoint* point);
uint32_t skerry_stack_resume_from_c(SwitchPoint* point);
}

// The way out: answers the host `state`, and returns when it resumes.
void switch_out(SwitchPoint& point, uint32_t state);

}  // namespace skerry::platform
