package native

import (
	"runtime"
	"syscall"
	"unsafe"
)

// Call calls a C function of words. Pointers to Go memory are passed as uintptr(unsafe.Pointer(p)) in
// the call itself, which keeps them.
//
//go:uintptrescapes
//go:noinline
func Call(fn uintptr, args ...uintptr) uintptr {
	result, _, _ := syscall.SyscallN(fn, args...)
	return result
}

func callBlocking(to uintptr, f *Fiber) uint32 {
	result, _, _ := syscall.SyscallN(to, uintptr(unsafe.Pointer(f)))
	return uint32(result)
}

var loadLibraryEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LoadLibraryExW")

// Of LoadLibraryEx: what the library needs lies beside it or belongs to Windows.
const (
	searchDLLLoadDir = 0x100
	searchSystem32   = 0x800
)

func openLibrary(path string) (uintptr, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	handle, _, err := loadLibraryEx.Call(uintptr(unsafe.Pointer(name)), 0,
		searchDLLLoadDir|searchSystem32)
	runtime.KeepAlive(name)
	if handle == 0 {
		return 0, &LoadError{path + ": " + err.Error()}
	}
	return handle, nil
}

func findSymbol(handle uintptr, name string) (uintptr, error) {
	return syscall.GetProcAddress(syscall.Handle(handle), name)
}

// Windows has no signals. Go suspends a thread that it wants back, finds that it is not in Go code,
// and tries again later; so guests are paused from time to time without being asked.
const pausePeriodNs = 1_000_000

func preparePauses() error { return nil }

func preparePausesOf(f *Fiber) {
	Call(theLibrary.FiberPauseEvery, uintptr(unsafe.Pointer(f)), pausePeriodNs)
}
