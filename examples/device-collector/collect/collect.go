// Package collect is the program's own logic: it polls a controller and reports. It is the same in
// all three builds; only how the functions of the vendor's library are called differs.
package collect

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// Device is the vendor's library (device/device.h). A code that is not 0 is an error.
type Device interface {
	Open(port int32) (handle uintptr, code int32)
	Close(handle uintptr) (code int32)
	ReadRegister(handle uintptr, number int32) (value, code int32)
	ReadSensor(handle uintptr, number int32) (value float64, code int32)
	Status(handle uintptr) string
	ErrorText(code int32) string
}

// Main is what each program does with its arguments.
func Main(device Device, args []string) {
	flags := flag.NewFlagSet("collector", flag.ExitOnError)
	polls := flags.Int("polls", 4, "how often a sensor is read")
	calls := flags.Int("time", 0, "measure so many calls instead")
	peek := flags.String("peek", "", "try to read this file instead")
	flags.Parse(args)
	switch {
	case *calls > 0:
		fmt.Printf("%.1f\n", nsPerCall(device, *calls))
	case *peek != "":
		if _, err := os.ReadFile(*peek); err != nil {
			fmt.Println("denied")
			return
		}
		fmt.Println("read")
	default:
		Report(device, os.Stdout, *polls)
	}
}

const sensors, registers = 3, 4

// Report reads what there is of two ports, and two things that are not there.
func Report(device Device, out io.Writer, polls int) {
	for port := int32(1); port <= 2; port++ {
		handle, code := device.Open(port)
		if code != 0 {
			fmt.Fprintf(out, "port %d: %s\n", port, device.ErrorText(code))
			continue
		}
		for number := int32(0); number < registers; number++ {
			value, _ := device.ReadRegister(handle, number)
			fmt.Fprintf(out, "port %d register %d: %d\n", port, number, value)
		}
		for number := int32(0); number < sensors; number++ {
			low, high, sum := 0.0, 0.0, 0.0
			for i := range polls {
				value, _ := device.ReadSensor(handle, number)
				if i == 0 {
					low, high = value, value
				}
				low, high, sum = min(low, value), max(high, value), sum+value
			}
			fmt.Fprintf(out, "port %d sensor %d: %.3f to %.3f, mean %.3f\n", port, number, low, high,
				sum/float64(polls))
		}
		if _, code := device.ReadSensor(handle, 99); code != 0 {
			fmt.Fprintf(out, "port %d sensor 99: %s\n", port, device.ErrorText(code))
		}
		fmt.Fprintln(out, device.Status(handle))
		device.Close(handle)
	}
	if _, code := device.Open(9); code != 0 {
		fmt.Fprintf(out, "port 9: %s\n", device.ErrorText(code))
	}
}

// nsPerCall reads a register again and again: a number in, a number out by a pointer.
func nsPerCall(device Device, calls int) float64 {
	handle, code := device.Open(1)
	if code != 0 {
		panic(device.ErrorText(code))
	}
	defer device.Close(handle)
	best := time.Duration(1 << 62)
	for range 5 {
		begin := time.Now()
		for i := range calls {
			if _, code := device.ReadRegister(handle, int32(i&7)); code != 0 {
				panic(device.ErrorText(code))
			}
		}
		best = min(best, time.Since(begin))
	}
	return float64(best.Nanoseconds()) / float64(calls)
}

// Text is what stands in a buffer before its zero.
func Text(buffer []byte) string {
	for i, b := range buffer {
		if b == 0 {
			return string(buffer[:i])
		}
	}
	return string(buffer)
}
