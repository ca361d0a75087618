package scratch

import (
	"math"
	"strconv"
	"unsafe"

	"skerry.dev/skerry"
)

// Number is a number of C.
type Number interface {
	~int8 | ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32 | ~int64 | ~uint64 | ~float32 | ~float64
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func put[T Number](m *skerry.Memory, at uint32, v T) bool {
	where := uint64(at)
	switch unsafe.Sizeof(v) {
	case 1:
		return m.PutUint8(where, *(*uint8)(unsafe.Pointer(&v)))
	case 2:
		return m.PutUint16(where, *(*uint16)(unsafe.Pointer(&v)))
	case 4:
		return m.PutUint32(where, *(*uint32)(unsafe.Pointer(&v)))
	default:
		return m.PutUint64(where, *(*uint64)(unsafe.Pointer(&v)))
	}
}

func get[T Number](m *skerry.Memory, at uint32) (v T, ok bool) {
	where := uint64(at)
	switch unsafe.Sizeof(v) {
	case 1:
		*(*uint8)(unsafe.Pointer(&v)), ok = m.Uint8(where)
	case 2:
		*(*uint16)(unsafe.Pointer(&v)), ok = m.Uint16(where)
	case 4:
		*(*uint32)(unsafe.Pointer(&v)), ok = m.Uint32(where)
	default:
		*(*uint64)(unsafe.Pointer(&v)), ok = m.Uint64(where)
	}
	return v, ok
}

// Store writes a field of a struct to the start of b, little end first.
func Store[T Number](b []byte, v T) {
	n := unsafe.Sizeof(v)
	// Go runs on little-endian processors wherever skerry does.
	copy(b[:n], unsafe.Slice((*byte)(unsafe.Pointer(&v)), n))
}

// Load reads a field of a struct.
func Load[T Number](b []byte) (v T) {
	n := unsafe.Sizeof(v)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&v)), n), b[:n])
	return v
}

// bytesOf is the memory of a slice, as the guest has such numbers.
func bytesOf[T Number](values []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(one)))
}

// PutSlice is a part with these numbers, one after another.
func PutSlice[T Number](f *Frame, values []T) uint32 { return f.Bytes(bytesOf(values)) }

// GetSlice fills values from a part.
func GetSlice[T Number](f *Frame, at uint32, values []T) { f.ReadInto(at, bytesOf(values)) }

// The rest is for host functions. Where a guest's range is not inside of its memory the host function
// fails, and they answer false.

// GivenText copies text that a guest passes to a host function.
func GivenText(c *skerry.Caller, at, length uint32) (string, bool) {
	if m := c.Memory(); m != nil {
		if text, ok := m.ReadString(uint64(at), uint64(length)); ok {
			return text, true
		}
	}
	c.Fail(skerry.ErrOutOfBounds)
	return "", false
}

// GivenCString copies a text of C that a guest passes to a host function; null is the empty string.
func GivenCString(c *skerry.Caller, at uint32) (string, bool) {
	if at == 0 {
		return "", true
	}
	if in := c.Instance(); in != nil {
		if text, err := CString(in, at); err == nil {
			return text, true
		}
	}
	c.Fail(skerry.ErrOutOfBounds)
	return "", false
}

// GivenSlice copies numbers that a guest passes to a host function.
func GivenSlice[T Number](c *skerry.Caller, at, length uint32) ([]T, bool) {
	values, ok := WantedSlice[T](c, at, length)
	if ok && !c.Memory().ReadInto(uint64(at), bytesOf(values)) {
		c.Fail(skerry.ErrOutOfBounds)
		return nil, false
	}
	return values, ok
}

// GivenCStrings copies texts of C, whose addresses are one after another; null is the empty string.
// Together they are no longer than the guest's memory: one text many times could be.
func GivenCStrings(c *skerry.Caller, at, length uint32) ([]string, bool) {
	addresses, ok := GivenSlice[uint32](c, at, length)
	if !ok {
		return nil, false
	}
	texts := make([]string, len(addresses))
	left := c.Memory().Size()
	for i, address := range addresses {
		if texts[i], ok = GivenCString(c, address); !ok {
			return nil, false
		}
		if uint64(len(texts[i])) > left {
			c.Fail(skerry.ErrOutOfBounds)
			return nil, false
		}
		left -= uint64(len(texts[i]))
	}
	return texts, true
}

// GivenStructs copies so many structs, of so many bytes each.
func GivenStructs(c *skerry.Caller, at, count, bytes uint32) ([]byte, bool) {
	if m := c.Memory(); m != nil {
		if b, ok := m.Read(uint64(at), uint64(count)*uint64(bytes)); ok {
			return b, true
		}
	}
	c.Fail(skerry.ErrOutOfBounds)
	return nil, false
}

// WantedSlice makes a slice for what a host function is to fill, of no more than the guest's memory.
func WantedSlice[T Number](c *skerry.Caller, at, length uint32) ([]T, bool) {
	var one T
	m := c.Memory()
	if m == nil || uint64(at)+uint64(length)*uint64(unsafe.Sizeof(one)) > m.Size() {
		c.Fail(skerry.ErrOutOfBounds)
		return nil, false
	}
	return make([]T, length), true
}

// AnswerSlice writes what a host function has filled.
func AnswerSlice[T Number](c *skerry.Caller, at uint32, values []T) {
	if m := c.Memory(); m == nil || !m.Write(uint64(at), bytesOf(values)) {
		c.Fail(skerry.ErrOutOfBounds)
	}
}

// PutNumber writes a number for a guest.
func PutNumber[T Number](c *skerry.Caller, at uint32, v T) {
	if m := c.Memory(); m == nil || !put(m, at, v) {
		c.Fail(skerry.ErrOutOfBounds)
	}
}

// GetNumber reads a number of a guest's.
func GetNumber[T Number](c *skerry.Caller, at uint32) (v T, ok bool) {
	if m := c.Memory(); m != nil {
		if v, ok = get[T](m, at); ok {
			return v, true
		}
	}
	c.Fail(skerry.ErrOutOfBounds)
	return v, false
}

// Capped is how many of a slice's bytes a guest says it has filled: n, but at most those that there are.
func Capped[T Number](n T, length int) int {
	if f := float64(n); f < 0 || math.IsNaN(f) {
		return 0
	} else if f > float64(length) {
		return length
	}
	return int(n)
}
