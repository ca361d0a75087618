#include "funcdata.h"
#include "textflag.h"

// The first argument of C's calling convention.
#ifdef GOOS_windows
#define FIBER CX
#else
#define FIBER DI
#endif

// func run(start uintptr, f *Fiber, r *Runner)
//
// One CALL starts and resumes: the processor then predicts where the fiber returns to. What is
// called keeps no register but SP. BP is set anew before Go code runs: profilers follow it.
TEXT ·run(SB), 0, $24-24
	NO_LOCAL_POINTERS
	MOVQ start+0(FP), AX
	MOVQ f+8(FP), FIBER
again:
	CALL AX
	TESTL AX, AX
	JNE  left
	LEAQ 24(SP), BP
	RET
left:
	LEAQ 24(SP), BP
	MOVQ r+16(FP), DX
	MOVQ DX, 0(SP)
	MOVL AX, 8(SP)
	CALL ·left(SB)
	MOVQ 16(SP), AX
	MOVQ f+8(FP), FIBER
	TESTQ AX, AX
	JNE  again
	RET
