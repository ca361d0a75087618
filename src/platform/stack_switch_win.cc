// Stack switches for the Windows calling convention on x86-64: rcx is the SwitchPoint; rbx, rbp,
// rdi, rsi, r12 to r15 and xmm6 to xmm15 belong to the caller, who also leaves 32 bytes for the
// callee. The thread block (gs) says which stack a thread runs on: exceptions are dispatched only
// on that one, so it changes with the stack. Returns are jumps, as on Unix.
#include "platform/stack_switch.h"

asm(R"(
.text

# From the host's stack to ours: r8 to r11 are used. NT_TIB: 0 ExceptionList, 8 StackBase,
# 16 StackLimit; TEB: 0x1478 DeallocationStack.
.macro ENTER_STACK
  movq %gs:0x30, %r8
  movq 0(%r8), %r9
  movq 8(%r8), %r10
  movq 16(%r8), %r11
  movq %r9, 48(%rcx)
  movq %r10, 56(%rcx)
  movq %r11, 64(%rcx)
  movq 0x1478(%r8), %r9
  movq %r9, 72(%rcx)
  movq 32(%rcx), %r9
  movq 40(%rcx), %r10
  movq $-1, 0(%r8)
  movq %r10, 8(%r8)
  movq %r9, 16(%r8)
  movq %r9, 0x1478(%r8)
.endm
.macro LEAVE_STACK
  movq %gs:0x30, %r8
  movq 48(%rcx), %r9
  movq 56(%rcx), %r10
  movq 64(%rcx), %r11
  movq %r9, 0(%r8)
  movq %r10, 8(%r8)
  movq %r11, 16(%r8)
  movq 72(%rcx), %r9
  movq %r9, 0x1478(%r8)
.endm

.globl skerry_stack_start
skerry_stack_start:
  movq %rsp, 0(%rcx)
  ENTER_STACK
  movq 8(%rcx), %rax
  movq 16(%rcx), %rsp
  pushq %rax            # what is left already stays so
  pushq %rcx
  subq $32, %rsp
  call *24(%rcx)
  addq $32, %rsp
  popq %rcx
  popq %rax
  movq %rax, 8(%rcx)
  LEAVE_STACK
  movq 0(%rcx), %rsp
  xorl %eax, %eax
  ret

.globl skerry_stack_resume
skerry_stack_resume:
  movq %rsp, 0(%rcx)
  ENTER_STACK
  movq 8(%rcx), %rsp
  popq %rdx
  jmp *%rdx

.macro PUSH_KEPT
  pushq %rbx
  pushq %rbp
  pushq %rdi
  pushq %rsi
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $168, %rsp
  movaps %xmm6, 0(%rsp)
  movaps %xmm7, 16(%rsp)
  movaps %xmm8, 32(%rsp)
  movaps %xmm9, 48(%rsp)
  movaps %xmm10, 64(%rsp)
  movaps %xmm11, 80(%rsp)
  movaps %xmm12, 96(%rsp)
  movaps %xmm13, 112(%rsp)
  movaps %xmm14, 128(%rsp)
  movaps %xmm15, 144(%rsp)
.endm
.macro POP_KEPT
  movaps 0(%rsp), %xmm6
  movaps 16(%rsp), %xmm7
  movaps 32(%rsp), %xmm8
  movaps 48(%rsp), %xmm9
  movaps 64(%rsp), %xmm10
  movaps 80(%rsp), %xmm11
  movaps 96(%rsp), %xmm12
  movaps 112(%rsp), %xmm13
  movaps 128(%rsp), %xmm14
  movaps 144(%rsp), %xmm15
  addq $168, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rsi
  popq %rdi
  popq %rbp
  popq %rbx
.endm

.macro FROM_C name, is_start
.globl \name
\name:
  PUSH_KEPT
.if \is_start
  call skerry_stack_start
.else
  leaq 1f(%rip), %rax
  pushq %rax
  movq %rsp, 0(%rcx)
  ENTER_STACK
  movq 8(%rcx), %rsp
  ret                   # takes off the call of this function
1:
.endif
  POP_KEPT
  testl %eax, %eax
  jne 2f
  ret
2:
  popq %rcx
  jmp *%rcx
.endm
FROM_C skerry_stack_start_from_c, 1
FROM_C skerry_stack_resume_from_c, 0
)");

namespace skerry::platform {

[[gnu::noinline]] void switch_out(SwitchPoint& point, uint32_t state) {
  SwitchPoint* at = &point;
  asm volatile(
      R"(
  pushq %%rbp
  leaq 1f(%%rip), %%rdx
  pushq %%rdx
  movq %%rsp, 8(%%rcx)
  movq %%gs:0x30, %%r8
  movq 48(%%rcx), %%r9
  movq 56(%%rcx), %%r10
  movq 64(%%rcx), %%r11
  movq %%r9, 0(%%r8)
  movq %%r10, 8(%%r8)
  movq %%r11, 16(%%r8)
  movq 72(%%rcx), %%r9
  movq %%r9, 0x1478(%%r8)
  movq 0(%%rcx), %%rsp
  popq %%rdx
  jmp *%%rdx
1:
  popq %%rbp
)"
      : "+c"(at), "+a"(state)
      :
      : "rbx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
        "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

}  // namespace skerry::platform
