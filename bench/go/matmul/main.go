// Dense matrix product of float64 slices, bounds checks and all.
package main

import (
	"math"

	"skerry/bench/kernel"
)

func multiply(c, a, b [][]float64) {
	for i := range c {
		row := c[i]
		for j := range row {
			row[j] = 0
		}
		for k, scale := range a[i] {
			for j, v := range b[k] {
				row[j] += scale * v
			}
		}
	}
}

func matrix(n int, random *kernel.Random) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = random.Float() - 0.5
		}
	}
	return m
}

func main() {
	const size = 256
	random := kernel.Random(8)
	a, b, c := matrix(size, &random), matrix(size, &random), matrix(size, &random)
	kernel.Main(34, func(repeats int) (sum uint64) {
		for i := range repeats {
			a[i%size][0] += 1
			multiply(c, a, b)
			sum = kernel.Mix(sum, math.Float64bits(c[i%size][size-1]))
		}
		return sum
	})
}
