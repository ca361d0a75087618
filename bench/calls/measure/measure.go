// Package measure times what the programs beside it do, one row a run, and tells it as bench/run.py
// reads it: the least of many short rounds.
package measure

import (
	"fmt"
	"os"
	"time"
)

const (
	rounds = 40
	// bench/harness/suites.py wants the time of so many calls.
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

// Tell tells the nanoseconds of one.
func Tell(ns float64) { fmt.Fprintf(os.Stderr, "kernel_ns %.0f\n", ns*told) }

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
