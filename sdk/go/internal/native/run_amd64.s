#include "funcdata.h"
#include "go_asm.h"
#include "textflag.h"

// The first argument of C's calling convention, and where a fiber that is left tells where start
// returns to.
#ifdef GOOS_windows
#define FIBER CX
#define BACK DX
#else
#define FIBER DI
#define BACK CX
#endif

// func run(start uintptr, r *Runner)
//
// Where start returns to is where resume comes back as well: the processor, which predicts returns
// by the calls that it saw, is then right. What is called keeps no register but SP. BP is set anew
// before Go code runs: profilers follow it.
TEXT ·run(SB), NOSPLIT, $32-16
	NO_LOCAL_POINTERS
	MOVQ start+0(FP), AX
	MOVQ r+8(FP), BX
	MOVQ Runner_Fiber(BX), FIBER
	CALL AX
	TESTL AX, AX
	JNE  left
	LEAQ 32(SP), BP
	RET
left:
	LEAQ 32(SP), BP
	MOVQ BACK, 24(SP)
	MOVQ r+8(FP), DX
	MOVQ DX, 0(SP)
	MOVL AX, 8(SP)
	CALL ·left(SB)
	MOVQ 16(SP), AX
	TESTQ AX, AX
	JNE  resume
	RET
resume:
	MOVQ r+8(FP), BX
	MOVQ Runner_Fiber(BX), FIBER
	PUSHQ 24(SP)
	JMP  AX
