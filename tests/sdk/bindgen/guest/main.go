// A guest with functions for its host, which calls the host's in turn by the package that
// `skerry bindgen --go-guest` wrote.
package main

import (
	"strings"
	"unsafe"

	"skerry/tests/guest/host"
)

func main() {}

//go:wasmexport greet
func greet(name string, out unsafe.Pointer, capacity uint32) uint32 {
	answer := make([]byte, 100)
	answer = answer[:host.Ask("title of "+name, answer)]
	text := "Hello, " + string(answer) + " " + name
	host.Say(text)
	return uint32(copy(unsafe.Slice((*byte)(out), capacity), text))
}

// norm is what the host makes of its own squares.
//
//go:wasmexport norm
func norm() int64 {
	var squares [4]uint16
	host.Squares(squares[:])
	numbers := make([]int32, len(squares))
	for i, n := range squares {
		numbers[i] = -int32(n)
	}
	return host.Dot(numbers, numbers)
}

// total is the sum of what the host has for keys, -1 if it lacks one.
//
//go:wasmexport total
func total(keys string) int64 {
	sum := int64(0)
	for _, key := range strings.Fields(keys) {
		value, err := host.Lookup(key)
		if err != nil {
			host.Say(err.Error())
			return -1
		}
		sum += value
	}
	return sum
}
