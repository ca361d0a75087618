#include "funcdata.h"
#include "textflag.h"

// func run(start uintptr, f *Fiber, r *Runner)
//
// One CALL starts and resumes: the processor then predicts where the fiber returns to. What is
// called keeps no register but SP. BP is set anew before Go code runs: profilers follow it.
TEXT ·run(SB), 0, $24-24
	NO_LOCAL_POINTERS
	MOVQ start+0(FP), AX
	MOVQ f+8(FP), DI
again:
	CALL AX
	TESTL AX, AX
	JNE  left
	LEAQ 24(SP), BP
	RET
left:
	LEAQ 24(SP), BP
	MOVQ r+16(FP), CX
	MOVQ CX, 0(SP)
	MOVL AX, 8(SP)
	CALL ·left(SB)
	MOVQ 16(SP), AX
	MOVQ f+8(FP), DI
	TESTQ AX, AX
	JNE  again
	RET

// func callThunkAddress() uintptr
TEXT ·callThunkAddress(SB), NOSPLIT, $0-8
	LEAQ callThunk<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// C's calling convention: DI is a *callFrame. Runs on the thread's own stack.
TEXT callThunk<>(SB), NOSPLIT|NOFRAME, $0
	PUSHQ BX
	MOVQ DI, BX
	MOVQ 0(BX), AX
	MOVQ 8(BX), DI
	MOVQ 16(BX), SI
	MOVQ 24(BX), DX
	MOVQ 32(BX), CX
	MOVQ 40(BX), R8
	MOVQ 48(BX), R9
	PUSHQ 64(BX)
	PUSHQ 56(BX)
	CALL AX
	POPQ CX
	POPQ CX
	MOVQ AX, 72(BX)
	XORL AX, AX
	POPQ BX
	RET
