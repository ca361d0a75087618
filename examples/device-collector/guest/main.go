//go:build wasip1

// The collector as a module: built by GOOS=wasip1 GOARCH=wasm. The imports are what device.toml
// declares.
package main

import (
	"os"
	"unsafe"

	"example.com/device-collector/collect"
)

//go:wasmimport device device_open
func deviceOpen(port int32, handle *uint32) int32

//go:wasmimport device device_close
func deviceClose(handle uint32) int32

//go:wasmimport device device_read_register
func deviceReadRegister(handle uint32, number int32, value *int32) int32

//go:wasmimport device device_read_sensor
func deviceReadSensor(handle uint32, number int32, value *float64) int32

//go:wasmimport device device_status
func deviceStatus(handle uint32, text unsafe.Pointer, size int32) int32

//go:wasmimport device device_error_text
func deviceErrorText(code int32, text unsafe.Pointer, size int32) int32

type device struct{}

func (device) Open(port int32) (uintptr, int32) {
	var handle uint32
	code := deviceOpen(port, &handle)
	return uintptr(handle), code
}

func (device) Close(handle uintptr) int32 { return deviceClose(uint32(handle)) }

func (device) ReadRegister(handle uintptr, number int32) (int32, int32) {
	var value int32
	code := deviceReadRegister(uint32(handle), number, &value)
	return value, code
}

func (device) ReadSensor(handle uintptr, number int32) (float64, int32) {
	var value float64
	code := deviceReadSensor(uint32(handle), number, &value)
	return value, code
}

func (device) Status(handle uintptr) string {
	text := make([]byte, 64)
	deviceStatus(uint32(handle), unsafe.Pointer(&text[0]), int32(len(text)))
	return collect.Text(text)
}

func (device) ErrorText(code int32) string {
	text := make([]byte, 64)
	deviceErrorText(code, unsafe.Pointer(&text[0]), int32(len(text)))
	return collect.Text(text)
}

func main() { collect.Main(device{}, os.Args[1:]) }
