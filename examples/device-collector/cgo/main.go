// The collector with cgo: the library's header, a C compiler, and the library when it is linked.
package main

// #cgo CFLAGS: -I${SRCDIR}/../device
// #cgo LDFLAGS: -ldevice
// #cgo linux LDFLAGS: -Wl,-rpath,$ORIGIN
// #include "device.h"
import "C"

import (
	"os"
	"unsafe"

	"example.com/device-collector/collect"
)

type device struct{}

func pointer(handle uintptr) *C.device_t { return *(**C.device_t)(unsafe.Pointer(&handle)) }

func (device) Open(port int32) (uintptr, int32) {
	var handle *C.device_t
	code := C.device_open(C.int32_t(port), &handle)
	return uintptr(unsafe.Pointer(handle)), int32(code)
}

func (device) Close(handle uintptr) int32 { return int32(C.device_close(pointer(handle))) }

func (device) ReadRegister(handle uintptr, number int32) (int32, int32) {
	var value C.int32_t
	code := C.device_read_register(pointer(handle), C.int32_t(number), &value)
	return int32(value), int32(code)
}

func (device) ReadSensor(handle uintptr, number int32) (float64, int32) {
	var value C.double
	code := C.device_read_sensor(pointer(handle), C.int32_t(number), &value)
	return float64(value), int32(code)
}

func (device) Status(handle uintptr) string {
	text := make([]byte, 64)
	C.device_status(pointer(handle), (*C.char)(unsafe.Pointer(&text[0])), C.int32_t(len(text)))
	return collect.Text(text)
}

func (device) ErrorText(code int32) string {
	text := make([]byte, 64)
	C.device_error_text(C.int32_t(code), (*C.char)(unsafe.Pointer(&text[0])), C.int32_t(len(text)))
	return collect.Text(text)
}

func main() { collect.Main(device{}, os.Args[1:]) }
