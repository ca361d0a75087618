// Go maps: integer and string keys, insert, look-up hit and miss, delete, iteration.
package main

import (
	"strconv"

	"skerry/bench/kernel"
)

func integers(random *kernel.Random) uint64 {
	counts := map[int]int{}
	for range 150000 {
		counts[random.Below(40000)*7919]++
	}
	var sum uint64
	for i := range 80000 {
		if n, ok := counts[i*7919]; ok {
			sum += uint64(n * i)
			if i%3 == 0 {
				delete(counts, i*7919)
			}
		}
	}
	for key, n := range counts { // order-free: a sum
		sum += uint64(key ^ n)
	}
	return sum
}

func strings(random *kernel.Random, names []string) uint64 {
	type stock struct{ count, weight int }
	stocks := map[string]stock{}
	for range 100000 {
		name := names[random.Below(len(names))]
		s := stocks[name]
		s.count++
		s.weight += len(name)
		stocks[name] = s
	}
	sum := uint64(len(stocks))
	for _, s := range stocks {
		sum += uint64(s.count*1000 + s.weight)
	}
	return sum
}

func main() {
	names := make([]string, 8000)
	for i := range names {
		names[i] = "line-" + strconv.Itoa(i*37) + "/pump"
	}
	kernel.Main(34, func(repeats int) (sum uint64) {
		random := kernel.Random(4)
		for range repeats {
			sum = kernel.Mix(sum, integers(&random))
			sum = kernel.Mix(sum, strings(&random, names))
		}
		return sum
	})
}
