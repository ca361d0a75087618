// Package kernel is the frame every Go program of the benchmark suite stands in.
//
// A program prints one line `checksum ...` on stdout, which must be the same on every engine and in
// native code, and one line `kernel_ns N` on stderr: the time of its body alone, without process
// start. The first argument, when present, is a percentage of the usual repeats (quick runs).
// Programs take nothing from map order, the clock, or math functions with assembly on some CPU.
package kernel

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// Main runs body with the usual number of repeats (or the share asked for on the command line).
// Set-up that is not to be timed belongs before the call.
func Main(usualRepeats int, body func(repeats int) uint64) {
	repeats := usualRepeats
	if len(os.Args) > 1 {
		percent, err := strconv.Atoi(os.Args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, "usage: program [percent of the usual repeats]")
			os.Exit(2)
		}
		repeats = max(1, usualRepeats*percent/100)
	}
	begin := time.Now()
	sum := body(repeats)
	elapsed := time.Since(begin)
	fmt.Printf("checksum %016x\n", sum)
	fmt.Fprintf(os.Stderr, "kernel_ns %d\n", elapsed.Nanoseconds())
}

// Mix is an order-sensitive checksum step.
func Mix(sum, word uint64) uint64 {
	sum = (sum ^ word) * 0x100000001b3
	return sum<<23 | sum>>41
}

// MixBytes folds a byte string, FNV-1a fashion.
func MixBytes[T string | []byte](sum uint64, piece T) uint64 {
	for i := 0; i < len(piece); i++ {
		sum = (sum ^ uint64(piece[i])) * 0x100000001b3
	}
	return Mix(sum, uint64(len(piece)))
}

// Random is xorshift64*, equal everywhere. The zero value is not a valid state.
type Random uint64

func (r *Random) Next() uint64 {
	x := uint64(*r)
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	*r = Random(x)
	return x * 0x2545f4914f6cdd1d
}

// Below returns a number in [0, n).
func (r *Random) Below(n int) int { return int((r.Next() >> 33) % uint64(n)) }

// Float returns a number in [0, 1).
func (r *Random) Float() float64 { return float64(r.Next()>>11) / (1 << 53) }

var words = []string{
	"valve", "pump", "sensor", "line", "meter", "reading", "gateway", "plant", "shift", "alarm",
	"pressure", "level", "flow", "motor", "belt", "north", "south", "tank", "heater", "status",
}

// Text returns about n bytes of words, numbers and punctuation in short lines.
func Text(seed uint64, n int) []byte {
	random := Random(seed)
	text := make([]byte, 0, n+64)
	for len(text) < n {
		switch k := random.Below(24); {
		case k < len(words):
			text = append(text, words[k]...)
		case k == 20:
			text = strconv.AppendInt(text, int64(random.Below(100000)), 10)
		case k == 21:
			text = append(text, words[random.Below(20)]...)
			text = append(text, '@')
			text = append(text, words[random.Below(20)]...)
			text = append(text, ".example"...)
		default:
			text = append(text, "2024-0"...)
			text = strconv.AppendInt(text, int64(1+random.Below(9)), 10)
			text = append(text, "-1"...)
			text = strconv.AppendInt(text, int64(random.Below(10)), 10)
		}
		text = append(text, " ,. \n   "[random.Below(8)])
	}
	return text
}
