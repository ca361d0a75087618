package skerry

import (
	"encoding/binary"
	"io"
	"math"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// Memory is an instance's linear memory. Every access is checked against its size at that moment:
// growth moves nothing from under it, and after Close there is nothing to access. It is used by the
// goroutine that uses the instance.
//
// Methods that cannot answer an error answer false for a range that is not inside.
type Memory struct {
	in     *Instance
	handle uintptr
	bounds *memoryBounds
}

// memoryBounds is skerry_memory_bounds_t: the library's, and up to date.
type memoryBounds struct {
	data      unsafe.Pointer
	sizeBytes uint64
}

var (
	_ io.ReaderAt = (*Memory)(nil)
	_ io.WriterAt = (*Memory)(nil)
)

// Memory is what the instance exports as "memory".
func (in *Instance) Memory() (*Memory, error) {
	if in.closed {
		return nil, ErrClosed
	}
	if in.memory != nil {
		return in.memory, nil
	}
	s := native.S()
	handle := native.Call(s.InstanceMemory, in.handle, uintptr(unsafe.Pointer(native.CString("memory"))))
	if handle == 0 {
		return nil, &Error{Name: "UnknownExport", Message: "the instance exports no memory named \"memory\""}
	}
	in.memory = &Memory{in: in, handle: handle,
		bounds: (*memoryBounds)(native.Pointer(native.Call(s.MemoryBounds, handle)))}
	return in.memory, nil
}

// Size is the memory's size in bytes.
func (m *Memory) Size() uint64 {
	if m.in.closed {
		return 0
	}
	return m.bounds.sizeBytes
}

// Grow adds pages of 64 KiB. false: a limit or the system refuses.
func (m *Memory) Grow(pages uint32) bool {
	return !m.in.closed && native.Call(native.S().MemoryGrow, m.handle, uintptr(pages))&0xff != 0
}

// inside answers the bytes of a range, or nil. They are not to be kept.
func (m *Memory) inside(offset, length uint64) []byte {
	if m.in.closed || length > m.bounds.sizeBytes || offset > m.bounds.sizeBytes-length {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(m.bounds.data, uintptr(offset))), length)
}

// Use lets use work on a part of the memory in place. The bytes are not to be kept: they are
// anything after the next call of the instance, and gone after Close, which fails meanwhile.
func (m *Memory) Use(offset, length uint64, use func(bytes []byte) error) error {
	if m.in.closed {
		return ErrClosed
	}
	bytes := m.inside(offset, length)
	if bytes == nil {
		return ErrOutOfBounds
	}
	m.in.store.pins++
	defer func() { m.in.store.pins-- }()
	return use(bytes)
}

// Read copies length bytes out of the memory.
func (m *Memory) Read(offset, length uint64) ([]byte, bool) {
	bytes := m.inside(offset, length)
	if bytes == nil {
		return nil, false
	}
	return append(make([]byte, 0, length), bytes...), true
}

// ReadInto fills to.
func (m *Memory) ReadInto(offset uint64, to []byte) bool {
	bytes := m.inside(offset, uint64(len(to)))
	copy(to, bytes)
	return bytes != nil
}

// Write copies bytes into the memory: all or nothing.
func (m *Memory) Write(offset uint64, bytes []byte) bool {
	to := m.inside(offset, uint64(len(bytes)))
	copy(to, bytes)
	return to != nil
}

// WriteString is Write of a string.
func (m *Memory) WriteString(offset uint64, text string) bool {
	to := m.inside(offset, uint64(len(text)))
	copy(to, text)
	return to != nil
}

// ReadString copies length bytes as a string.
func (m *Memory) ReadString(offset, length uint64) (string, bool) {
	bytes := m.inside(offset, length)
	return string(bytes), bytes != nil
}

// ReadCString copies the bytes up to a zero, which is to come within limit bytes.
func (m *Memory) ReadCString(offset, limit uint64) (string, bool) {
	size := m.Size()
	if offset > size {
		return "", false
	}
	bytes := m.inside(offset, min(limit, size-offset))
	for i, b := range bytes {
		if b == 0 {
			return string(bytes[:i]), true
		}
	}
	return "", false
}

// ReadAt implements io.ReaderAt.
func (m *Memory) ReadAt(to []byte, offset int64) (int, error) {
	size := m.Size()
	if offset < 0 {
		return 0, ErrOutOfBounds
	}
	if uint64(offset) >= size {
		return 0, io.EOF
	}
	count := copy(to, m.inside(uint64(offset), size-uint64(offset)))
	if count < len(to) {
		return count, io.EOF
	}
	return count, nil
}

// WriteAt implements io.WriterAt.
func (m *Memory) WriteAt(from []byte, offset int64) (int, error) {
	if offset < 0 || !m.Write(uint64(offset), from) {
		return 0, ErrOutOfBounds
	}
	return len(from), nil
}

// Uint8 reads a byte; the methods below read and write numbers as WebAssembly has them: the lowest
// byte first, at any offset.
func (m *Memory) Uint8(offset uint64) (uint8, bool) {
	b := m.inside(offset, 1)
	if b == nil {
		return 0, false
	}
	return b[0], true
}

// Uint16 reads two bytes.
func (m *Memory) Uint16(offset uint64) (uint16, bool) {
	b := m.inside(offset, 2)
	if b == nil {
		return 0, false
	}
	return binary.LittleEndian.Uint16(b), true
}

// Uint32 reads four bytes.
func (m *Memory) Uint32(offset uint64) (uint32, bool) {
	b := m.inside(offset, 4)
	if b == nil {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b), true
}

// Uint64 reads eight bytes.
func (m *Memory) Uint64(offset uint64) (uint64, bool) {
	b := m.inside(offset, 8)
	if b == nil {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b), true
}

// Float32 reads an f32.
func (m *Memory) Float32(offset uint64) (float32, bool) {
	bits, ok := m.Uint32(offset)
	return math.Float32frombits(bits), ok
}

// Float64 reads an f64.
func (m *Memory) Float64(offset uint64) (float64, bool) {
	bits, ok := m.Uint64(offset)
	return math.Float64frombits(bits), ok
}

// PutUint8 writes a byte.
func (m *Memory) PutUint8(offset uint64, v uint8) bool {
	b := m.inside(offset, 1)
	if b != nil {
		b[0] = v
	}
	return b != nil
}

// PutUint16 writes two bytes.
func (m *Memory) PutUint16(offset uint64, v uint16) bool {
	b := m.inside(offset, 2)
	if b != nil {
		binary.LittleEndian.PutUint16(b, v)
	}
	return b != nil
}

// PutUint32 writes four bytes.
func (m *Memory) PutUint32(offset uint64, v uint32) bool {
	b := m.inside(offset, 4)
	if b != nil {
		binary.LittleEndian.PutUint32(b, v)
	}
	return b != nil
}

// PutUint64 writes eight bytes.
func (m *Memory) PutUint64(offset uint64, v uint64) bool {
	b := m.inside(offset, 8)
	if b != nil {
		binary.LittleEndian.PutUint64(b, v)
	}
	return b != nil
}

// PutFloat32 writes an f32.
func (m *Memory) PutFloat32(offset uint64, v float32) bool {
	return m.PutUint32(offset, math.Float32bits(v))
}

// PutFloat64 writes an f64.
func (m *Memory) PutFloat64(offset uint64, v float64) bool {
	return m.PutUint64(offset, math.Float64bits(v))
}
