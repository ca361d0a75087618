// package fmt: verbs, widths, reflection on structs, and reading numbers back.
package main

import (
	"fmt"
	"strconv"

	"skerry/bench/kernel"
)

type point struct {
	X, Y int
	Name string
}

func main() {
	kernel.Main(600000, func(repeats int) (sum uint64) {
		random := kernel.Random(5)
		for i := range repeats {
			n, f := random.Below(1000000), float64(random.Below(1000000))/128
			sum = kernel.MixBytes(sum, fmt.Sprintf("%d %6x %-8d|%08.3f %s %q", n, n, i, f, "pump", 'v'))
			if i%4 == 0 {
				p := point{n, i, "tank"}
				sum = kernel.MixBytes(sum, fmt.Sprintf("%v %+v %T %t", p, &p, f, n%2 == 0))
				back, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 64), 64)
				if err != nil || back != f {
					panic("float did not round-trip")
				}
			}
		}
		return sum
	})
}
