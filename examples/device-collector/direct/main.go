// The collector without cgo: the library is loaded when the program starts, and its functions are
// called by their addresses. Nothing checks that they are called as C declares them.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"example.com/device-collector/collect"
)

// Functions of the library by address.
type device struct{ open, close, readRegister, readSensor, status, errorText uintptr }

func (d *device) Open(port int32) (uintptr, int32) {
	handle := new(uintptr)
	code := call(d.open, uintptr(port), uintptr(unsafe.Pointer(handle)))
	return *handle, int32(code)
}

func (d *device) Close(handle uintptr) int32 { return int32(call(d.close, handle)) }

func (d *device) ReadRegister(handle uintptr, number int32) (int32, int32) {
	value := new(int32)
	code := call(d.readRegister, handle, uintptr(number), uintptr(unsafe.Pointer(value)))
	return *value, int32(code)
}

func (d *device) ReadSensor(handle uintptr, number int32) (float64, int32) {
	value := new(float64)
	code := call(d.readSensor, handle, uintptr(number), uintptr(unsafe.Pointer(value)))
	return *value, int32(code)
}

func (d *device) Status(handle uintptr) string {
	text := make([]byte, 64)
	call(d.status, handle, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
	return collect.Text(text)
}

func (d *device) ErrorText(code int32) string {
	text := make([]byte, 64)
	call(d.errorText, uintptr(code), uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
	return collect.Text(text)
}

// load takes the library from beside the program.
func load() (*device, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	find, err := open(filepath.Join(filepath.Dir(program), libraryName))
	if err != nil {
		return nil, err
	}
	d := &device{}
	for name, address := range map[string]*uintptr{
		"device_open": &d.open, "device_close": &d.close, "device_read_register": &d.readRegister,
		"device_read_sensor": &d.readSensor, "device_status": &d.status,
		"device_error_text": &d.errorText,
	} {
		if *address, err = find(name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return d, nil
}

func main() {
	d, err := load()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	collect.Main(d, os.Args[1:])
}
