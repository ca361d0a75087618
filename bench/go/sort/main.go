// Sorting in the standard library's three ways: generic, by closure over reflection, by interface.
package main

import (
	"fmt"
	"slices"
	"sort"

	"skerry/bench/kernel"
)

type record struct {
	id   uint64
	name string
}

type byNameThenID []record

func (r byNameThenID) Len() int      { return len(r) }
func (r byNameThenID) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r byNameThenID) Less(i, j int) bool {
	if r[i].name != r[j].name {
		return r[i].name < r[j].name
	}
	return r[i].id < r[j].id
}

func main() {
	const count = 50000
	random := kernel.Random(3)
	source := make([]record, count)
	for i := range source {
		source[i] = record{random.Next(), fmt.Sprintf("name-%04d", random.Below(5000))}
	}
	numbers, records := make([]uint64, count), make([]record, count)
	kernel.Main(16, func(repeats int) (sum uint64) {
		for range repeats {
			for i := range numbers {
				numbers[i] = random.Next()
			}
			slices.Sort(numbers)
			copy(records, source)
			records[0].id = numbers[0]
			sort.Sort(byNameThenID(records))
			sum = kernel.Mix(sum, records[count/3].id)
			sort.Slice(records, func(i, j int) bool { return records[i].id < records[j].id })
			at, _ := slices.BinarySearch(numbers, records[count/2].id)
			sum = kernel.Mix(sum, numbers[count/2]+uint64(at))
		}
		return sum
	})
}
