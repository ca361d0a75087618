// Package scratch passes strings, slices, structs and functions to guests and back: what the packages
// that `skerry bindgen` writes are built on. It may change with them: write them again after an update.
//
// Arguments lie in an area of the guest's memory that its own malloc gave, used like a stack: a call
// takes a [Frame] of it and gives it back. Every access is checked by [skerry.Memory].
package scratch

import (
	"context"
	"errors"
	"math/bits"
	"strings"

	"skerry.dev/skerry"
)

const (
	partBytes = 16      // every part of a frame is aligned so
	leastArea = 4096    // of the area, in bytes
	mostArea  = 1 << 20 // larger frames get a block of their own
)

var (
	// ErrNoMemory is answered where the guest's malloc has no more.
	ErrNoMemory = errors.New("skerry: the guest has no memory for the arguments")
	// ErrZeroByte is answered where a string for C holds a zero byte, at which C would end it.
	ErrZeroByte = errors.New("skerry: a string for C contains a zero byte")
	// ErrLengths is answered where slices that are to have the same length have not.
	ErrLengths = errors.New("skerry: the slices differ in length")
	// ErrClosedHandle is answered where a handle is used after its Close, or with another library.
	ErrClosedHandle = errors.New("skerry: the handle is closed, or of another instance")
)

// Space is the area of one instance, and used by the goroutine that uses the instance.
type Space struct {
	memory     *skerry.Memory
	malloc     func(context.Context, uint32) (uint32, error)
	free       func(context.Context, uint32) error
	base, size uint32
	used       uint32
}

// New finds the guest's functions that allocate and free. The area is made when it is first needed.
func New(in *skerry.Instance, malloc, free string) (*Space, error) {
	memory, err := in.Memory()
	if err != nil {
		return nil, err
	}
	s := &Space{memory: memory}
	if s.malloc, err = skerry.Func1[uint32, uint32](in, malloc); err != nil {
		return nil, err
	}
	if s.free, err = skerry.Proc1[uint32](in, free); err != nil {
		return nil, err
	}
	return s, nil
}

// Size is what a part of n bytes takes of a frame.
func Size(n int) uint64 { return (uint64(n) + partBytes - 1) &^ (partBytes - 1) }

// Frame is the room of one call. Its methods remember the first thing that went wrong, for Err.
type Frame struct {
	space     *Space
	next, end uint32
	mark      uint32 // of the space, before
	block     uint32 // or a block of its own
	err       error
}

// Take takes a frame of so many bytes, a sum of sizes. Give gives it back.
func (s *Space) Take(ctx context.Context, bytes uint64) (Frame, error) {
	if bytes > 1<<31 {
		return Frame{}, ErrNoMemory
	}
	n := uint32(bytes)
	if n > s.size-s.used && s.used == 0 && n <= mostArea {
		if err := s.grow(ctx, n); err != nil {
			return Frame{}, err
		}
	}
	if n <= s.size-s.used {
		f := Frame{space: s, next: s.base + s.used, end: s.base + s.used + n, mark: s.used}
		s.used += n
		return f, nil
	}
	block, err := s.allocate(ctx, n)
	if err != nil {
		return Frame{}, err
	}
	return Frame{space: s, next: block, end: block + n, mark: s.used, block: block}, nil
}

func (s *Space) allocate(ctx context.Context, n uint32) (uint32, error) {
	at, err := s.malloc(ctx, n)
	if err == nil && at == 0 {
		err = ErrNoMemory
	}
	return at, err
}

// grow exchanges the area, of which nothing is in use, for one that has n bytes.
func (s *Space) grow(ctx context.Context, n uint32) error {
	if s.size != 0 {
		old := s.base
		s.base, s.size = 0, 0
		if err := s.free(ctx, old); err != nil {
			return err
		}
	}
	size := uint32(1) << bits.Len32(max(n, leastArea)-1)
	base, err := s.allocate(ctx, size)
	if err != nil {
		return err
	}
	s.base, s.size = base, size
	return nil
}

// Give gives the frame back: the last that was taken first.
func (f *Frame) Give() {
	f.space.used = f.mark
	if f.block != 0 {
		// Also when the call's own context was cancelled. If the instance is closed, so is the block.
		_ = f.space.free(context.Background(), f.block)
	}
}

// Err is the first thing that went wrong.
func (f *Frame) Err() error { return f.err }

func (f *Frame) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// Room answers the address of the next part, of n bytes. What is in it is not said.
func (f *Frame) Room(n int) uint32 {
	at, size := f.next, Size(n)
	if size > uint64(f.end-f.next) {
		f.fail(skerry.ErrOutOfBounds)
		return 0
	}
	f.next += uint32(size)
	return at
}

// Zeros is a part of zeros.
func (f *Frame) Zeros(n int) uint32 {
	at := f.Room(n)
	f.fill(at, n)
	return at
}

func (f *Frame) fill(at uint32, n int) {
	var zeros [64]byte
	for n > 0 {
		some := min(n, len(zeros))
		if !f.space.memory.Write(uint64(at), zeros[:some]) {
			f.fail(skerry.ErrOutOfBounds)
			return
		}
		at, n = at+uint32(some), n-some
	}
}

// Bytes is a part with these bytes.
func (f *Frame) Bytes(b []byte) uint32 {
	at := f.Room(len(b))
	if !f.space.memory.Write(uint64(at), b) {
		f.fail(skerry.ErrOutOfBounds)
	}
	return at
}

// Text is a part with this text, and no zero byte after it.
func (f *Frame) Text(text string) uint32 {
	at := f.Room(len(text))
	if !f.space.memory.WriteString(uint64(at), text) {
		f.fail(skerry.ErrOutOfBounds)
	}
	return at
}

// CString is a part with this text and a zero byte: it takes len(text)+1.
func (f *Frame) CString(text string) uint32 {
	if strings.IndexByte(text, 0) >= 0 {
		f.fail(ErrZeroByte)
		return 0
	}
	at := f.Room(len(text) + 1)
	if !f.space.memory.WriteString(uint64(at), text) ||
		!f.space.memory.PutUint8(uint64(at)+uint64(len(text)), 0) {
		f.fail(skerry.ErrOutOfBounds)
	}
	return at
}

// CStringsSize is what CStrings takes of a frame.
func CStringsSize(texts []string) uint64 {
	size := Size(4 * len(texts))
	for _, text := range texts {
		size += Size(len(text) + 1)
	}
	return size
}

// CStrings is a part with the addresses of these texts, which are parts after it.
func (f *Frame) CStrings(texts []string) uint32 {
	at := f.Room(4 * len(texts))
	for i, text := range texts {
		if !f.space.memory.PutUint32(uint64(at)+4*uint64(i), f.CString(text)) {
			f.fail(skerry.ErrOutOfBounds)
		}
	}
	return at
}

// ReadInto fills to from a part.
func (f *Frame) ReadInto(at uint32, to []byte) {
	if !f.space.memory.ReadInto(uint64(at), to) {
		f.fail(skerry.ErrOutOfBounds)
	}
}

// Put is a part with one value.
func Put[T Number](f *Frame, v T) uint32 {
	at := f.Room(8)
	if !put(f.space.memory, at, v) {
		f.fail(skerry.ErrOutOfBounds)
	}
	return at
}

// Get reads a value that the guest has put into a part.
func Get[T Number](f *Frame, at uint32) T {
	v, ok := get[T](f.space.memory, at)
	if !ok {
		f.fail(skerry.ErrOutOfBounds)
	}
	return v
}

// CString reads a text of C that the guest owns. The null pointer is the empty string.
func CString(in *skerry.Instance, at uint32) (string, error) {
	if at == 0 {
		return "", nil
	}
	memory, err := in.Memory()
	if err != nil {
		return "", err
	}
	text, ok := memory.ReadCString(uint64(at), memory.Size())
	if !ok {
		return "", skerry.ErrOutOfBounds
	}
	return text, nil
}

// Bool is a bool of C.
func Bool(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// Error is a failure that a function of the library reports by its result.
type Error struct {
	Func    string // its name in C
	Code    int64  // its result
	Message string // the library's own words; may be empty
}

func (e *Error) Error() string {
	if e.Message == "" {
		return e.Func + " failed with " + itoa(e.Code)
	}
	return e.Func + ": " + e.Message
}

// Typed finds a func that has this type, in words.
func Typed(in *skerry.Instance, name, typ string) (*skerry.Func, error) {
	f, err := in.Func(name)
	if err == nil && f.Type() != typ {
		err = &skerry.Error{Name: "ArgumentMismatch",
			Message: "`" + name + "` has the type " + f.Type() + ", not " + typ}
	}
	return f, err
}
