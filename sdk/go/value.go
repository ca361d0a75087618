package skerry

//go:generate go run ./internal/gentyped

import "unsafe"

// Value is what WebAssembly passes by value: i32 as int32 or uint32, i64 as int64 or uint64, f32 as
// float32 and f64 as float64.
type Value interface {
	~int32 | ~uint32 | ~int64 | ~uint64 | ~float32 | ~float64
}

// letterOf is the letter of skerry.h for a type: i, I, f or F.
func letterOf[T Value]() string {
	var zero T
	// An integer type has no half.
	half := T(1) / 2
	switch {
	case unsafe.Sizeof(zero) == 4 && half == 0:
		return "i"
	case unsafe.Sizeof(zero) == 4:
		return "f"
	case half == 0:
		return "I"
	default:
		return "F"
	}
}

// slot is the i-th value from first on. A value of 32 bits is the low half of its slot.
func slot[T Value](first unsafe.Pointer, i uintptr) *T {
	return (*T)(unsafe.Add(first, 8*i))
}
