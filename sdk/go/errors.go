package skerry

import (
	"errors"
	"fmt"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// Error is a failure of the engine or of a guest.
type Error struct {
	// Name says what happened, in words that do not change: "TrapMemoryOutOfBounds",
	// "PolicyDenied", "LinkUnknownImport" and the like.
	Name string
	// Message is for people: one line or more, with the place in the module and the guest's
	// backtrace where there is one.
	Message string

	cause error
}

func (e *Error) Error() string { return e.Message }

// Unwrap answers what a host function failed with, or the error of the context that was cancelled.
func (e *Error) Unwrap() error { return e.cause }

// ExitError is what a call returns when the program ended itself (proc_exit). Status 0 is success;
// [Instance.Run] then returns nil.
type ExitError struct{ Status uint32 }

func (e *ExitError) Error() string { return fmt.Sprintf("the program ended with status %d", e.Status) }

var (
	// ErrClosed is answered by whatever belongs to something that was closed.
	ErrClosed = errors.New("skerry: closed")
	// ErrBusy is answered where an instance is used while it runs, by another goroutine or by a
	// host function that another instance called.
	ErrBusy = errors.New("skerry: the instance is running")
	// ErrOutOfBounds is answered where a range is not inside a memory.
	ErrOutOfBounds = errors.New("skerry: outside of the memory")
)

// takeError makes an error of the library's a Go error, and gives it back. 0 is no error.
func takeError(failure uintptr) error {
	if failure == 0 {
		return nil
	}
	s := native.S()
	defer native.Call(s.ErrorDelete, failure)
	status := new(uint32)
	if native.Call(s.ErrorIsExit, failure, uintptr(unsafe.Pointer(status)))&0xff != 0 {
		return &ExitError{Status: *status}
	}
	return &Error{
		Name:    native.String(native.Call(s.ErrorName, failure)),
		Message: native.String(native.Call(s.ErrorMessage, failure)),
	}
}

// newFailure is an error for the library to pass on.
func newFailure(message string) uintptr {
	return native.Call(native.S().ErrorNew, uintptr(unsafe.Pointer(native.CString(message))))
}
