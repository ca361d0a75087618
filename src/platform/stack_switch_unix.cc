// Stack switches for the System V calling convention on x86-64: rdi is the SwitchPoint, rbx, rbp
// and r12 to r15 belong to the caller.
// Returns to the other side are jumps: the processor's own stack of return addresses knows nothing
// of it, and a `ret` would be mispredicted for sure.
#include "platform/stack_switch.h"

asm(R"(
.text

.globl skerry_stack_start
.hidden skerry_stack_start
.type skerry_stack_start, @function
skerry_stack_start:
  .cfi_startproc
  .cfi_undefined rip
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
  .cfi_endproc
.size skerry_stack_start, . - skerry_stack_start

.globl skerry_stack_resume
.hidden skerry_stack_resume
.type skerry_stack_resume, @function
skerry_stack_resume:
  .cfi_startproc
  .cfi_undefined rip
  movq %rsp, 0(%rdi)
  movq 8(%rdi), %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  popq %rcx
  jmp *%rcx
  .cfi_endproc
.size skerry_stack_resume, . - skerry_stack_resume

.globl skerry_stack_switch_out
.hidden skerry_stack_switch_out
.type skerry_stack_switch_out, @function
skerry_stack_switch_out:
  .cfi_startproc
  .cfi_undefined rip
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, 8(%rdi)
  movq 0(%rdi), %rsp
  movl %esi, %eax
  popq %rcx
  jmp *%rcx
  .cfi_endproc
.size skerry_stack_switch_out, . - skerry_stack_switch_out

.macro FROM_C name, to
.globl \name
.hidden \name
.type \name, @function
\name:
  .cfi_startproc
  .cfi_undefined rip
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  call \to
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  ret
  .cfi_endproc
.size \name, . - \name
.endm
FROM_C skerry_stack_start_from_c, skerry_stack_start
FROM_C skerry_stack_resume_from_c, skerry_stack_resume
)");
