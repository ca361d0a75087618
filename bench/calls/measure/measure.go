// Package measure times what the programs beside it do, one row a run, and tells it as bench/run.py
// reads it: the least of many short rounds.
package measure

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	rounds = 40
	// bench/harness/callers.py wants the time of so many calls.
	told = 1_000_000
)

// Rows runs the row that the program's last argument names.
func Rows(rows map[string]func()) {
	row := rows[os.Args[len(os.Args)-1]]
	if row == nil {
		Fail("there is no such row")
	}
	row()
}

// Calls tells the time of one of n calls that f makes.
func Calls(n int, f func(n int)) {
	f(n) // warm
	least := float64(0)
	for round := range rounds {
		start := time.Now()
		f(n)
		if ns := float64(time.Since(start).Nanoseconds()) / float64(n); round == 0 || ns < least {
			least = ns
		}
	}
	Tell(least)
}

// Warm makes the same calls for a while and then as Calls does: what is hot has been compiled by the
// optimising tier when they are timed.
func Warm(duration time.Duration, n int, f func(n int)) {
	for start := time.Now(); time.Since(start) < duration; {
		f(n)
	}
	Calls(n, f)
}

// Tell tells the nanoseconds of one, or another figure in the unit that the row has.
func Tell(figure float64) { fmt.Fprintf(os.Stderr, "kernel_ns %.0f\n", figure*told) }

// ResidentBytes is the memory that this process holds, with its page tables.
func ResidentBytes() float64 {
	kib := 0
	for line := range strings.Lines(string(Must(os.ReadFile("/proc/self/status")))) {
		if name, rest, _ := strings.Cut(line, ":"); name == "VmRSS" || name == "VmPTE" {
			kib += Must(strconv.Atoi(strings.Fields(rest)[0]))
		}
	}
	return float64(kib) * 1024
}

// Must ends the program if there is an error.
func Must[T any](v T, err error) T {
	if err != nil {
		Fail(err)
	}
	return v
}

// Check ends the program if a result is wrong.
func Check(ok bool) {
	if !ok {
		Fail("a wrong result")
	}
}

// Fail ends the program.
func Fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
