package native

import (
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// runtime.cgocall is how purego and others call C without cgo; it needs the C runtime that
// purego's fake cgo sets up.
//
//go:linkname cgocall runtime.cgocall
//go:noescape
func cgocall(fn, arg unsafe.Pointer) int32

func callThunkAddress() uintptr

// callFrame is what the thunk reads; the assembly knows its layout.
type callFrame struct {
	fn     uintptr
	args   [8]uintptr
	result uintptr
}

var callThunk = callThunkAddress()

// Call calls a C function of up to eight words. Pointers to Go memory are passed as
// uintptr(unsafe.Pointer(p)) in the call itself, which keeps them.
//
//go:uintptrescapes
//go:noinline
func Call(fn uintptr, args ...uintptr) uintptr {
	frame := callFrame{fn: fn}
	copy(frame.args[:], args)
	cgocall(Pointer(callThunk), unsafe.Pointer(&frame))
	return frame.result
}

func callBlocking(to uintptr, f *Fiber) uint32 {
	return uint32(cgocall(Pointer(to), unsafe.Pointer(f)))
}

func openLibrary(path string) (uintptr, error) {
	return purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

func findSymbol(handle uintptr, name string) (uintptr, error) {
	return purego.Dlsym(handle, name)
}

// preparePauses: Go asks a thread back by SIGURG, which the library listens to as well.
func preparePauses() error {
	if failure := Call(theLibrary.PauseOnSignal, uintptr(syscall.SIGURG)); failure != 0 {
		defer Call(theLibrary.ErrorDelete, failure)
		return &LoadError{String(Call(theLibrary.ErrorMessage, failure))}
	}
	return nil
}

func preparePausesOf(*Fiber) {}
