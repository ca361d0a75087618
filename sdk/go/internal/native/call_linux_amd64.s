#include "textflag.h"

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
