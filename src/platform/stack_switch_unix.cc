// Stack switches for the System V calling convention on x86-64: rdi is the SwitchPoint, rbx, rbp
// and r12 to r15 belong to the caller.
#include "platform/stack_switch.h"

asm(R"(
.text

.macro FUNC name
.globl \name
.hidden \name
.type \name, @function
\name:
  .cfi_startproc
  .cfi_undefined rip
.endm
.macro END name
  .cfi_endproc
.size \name, . - \name
.endm

FUNC skerry_stack_start
  movq %rsp, 0(%rdi)
  movq 8(%rdi), %rax
  movq 16(%rdi), %rsp
  pushq %rax            # what is left already stays so
  pushq %rdi
  call *24(%rdi)
  popq %rdi
  popq %rax
  movq %rax, 8(%rdi)
  movq 0(%rdi), %rsp
  xorl %eax, %eax
  ret
END skerry_stack_start

FUNC skerry_stack_resume
  movq %rsp, 0(%rdi)
  movq 8(%rdi), %rsp
  popq %rcx
  jmp *%rcx
END skerry_stack_resume

.macro FROM_C name, is_start
FUNC \name
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
.if \is_start
  call skerry_stack_start
.else
  leaq 1f(%rip), %rax
  pushq %rax
  movq %rsp, 0(%rdi)
  movq 8(%rdi), %rsp
  ret                   # takes off the call of this function
1:
.endif
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  testl %eax, %eax
  jne 2f
  ret
2:
  popq %rcx
  jmp *%rcx
END \name
.endm
FROM_C skerry_stack_start_from_c, 1
FROM_C skerry_stack_resume_from_c, 0
)");

namespace skerry::platform {

[[gnu::noinline]] void switch_out(SwitchPoint& point, uint32_t state) {
  SwitchPoint* at = &point;
  asm volatile(
      R"(
  leaq -128(%%rsp), %%rsp  # the red zone
  pushq %%rbp
  leaq 1f(%%rip), %%rcx
  pushq %%rcx
  movq %%rsp, 8(%%rdi)
  movq 0(%%rdi), %%rsp
  popq %%rcx
  jmp *%%rcx
1:
  popq %%rbp
  leaq 128(%%rsp), %%rsp
)"
      : "+D"(at), "+a"(state)
      :
      : "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
        "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

}  // namespace skerry::platform
