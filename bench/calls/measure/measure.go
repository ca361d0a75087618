// Package measure times what the programs beside it do: the least of several rounds, as lines that
// bench/run.py reads.
package measure

import (
	"fmt"
	"os"
	"time"
)

const rounds = 7

// Calls prints the nanoseconds of one of n calls that f makes.
func Calls(name string, n int, f func(n int)) {
	least := float64(0)
	for round := range rounds {
		start := time.Now()
		f(n)
		if ns := float64(time.Since(start).Nanoseconds()) / float64(n); round == 0 || ns < least {
			least = ns
		}
	}
	fmt.Printf("%s %.3f\n", name, least)
}

// Must ends the program if there is an error.
func Must[T any](v T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return v
}

// Check ends the program if a result is wrong.
func Check(ok bool) {
	if !ok {
		fmt.Fprintln(os.Stderr, "a wrong result")
		os.Exit(1)
	}
}
