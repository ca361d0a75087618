// Calls of C and from C through cgo: cgo ROW.
package main

/*
#cgo CFLAGS: -O2
#include <stdint.h>
int32_t add(int32_t a, int32_t b);
int32_t loop(int32_t count);
uint32_t sum(const uint8_t* bytes, uint32_t count);
*/
import "C"

import (
	"unsafe"

	"skerry/bench/calls/measure"
)

//export inc
func inc(n C.int32_t) C.int32_t { return n + 1 }

func main() {
	var total C.int32_t
	bytes := make([]byte, 1024)
	var want C.uint32_t
	for i := range bytes {
		bytes[i] = byte(i)
		want += C.uint32_t(bytes[i])
	}
	measure.Rows(map[string]func(){
		"go-add": func() {
			measure.Calls(200_000, func(n int) {
				for range n {
					total = C.add(total, 3)
				}
			})
		},
		"go-host": func() { measure.Calls(100_000, func(n int) { total += C.loop(C.int32_t(n)) }) },
		"go-buffer": func() {
			measure.Calls(20_000, func(n int) {
				for range n {
					measure.Check(C.sum((*C.uint8_t)(unsafe.Pointer(&bytes[0])), C.uint32_t(len(bytes))) == want)
				}
			})
		},
	})
}
