// Shortest routes through a street grid: container/heap, so calls through an interface, and values
// boxed to fit one.
package main

import (
	"container/heap"

	"skerry/bench/kernel"
)

const side = 160

type street struct {
	to     int32
	length uint32
}

type stop struct {
	place    int32
	distance uint32
}

type queue []stop

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].distance < q[j].distance }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(stop)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

func buildGrid(random *kernel.Random) [][]street {
	grid := make([][]street, side*side)
	join := func(a, b int) {
		length := uint32(1 + random.Below(1000))
		grid[a] = append(grid[a], street{int32(b), length})
		grid[b] = append(grid[b], street{int32(a), length})
	}
	for place := range grid {
		if place%side != side-1 {
			join(place, place+1)
		}
		if place < side*(side-1) {
			join(place, place+side)
		}
	}
	return grid
}

func distancesFrom(grid [][]street, start int) []uint32 {
	distances := make([]uint32, len(grid))
	for place := range distances {
		distances[place] = ^uint32(0)
	}
	distances[start] = 0
	open := &queue{{int32(start), 0}}
	for open.Len() > 0 {
		at := heap.Pop(open).(stop)
		if at.distance > distances[at.place] {
			continue
		}
		for _, street := range grid[at.place] {
			distance := at.distance + street.length
			if distance < distances[street.to] {
				distances[street.to] = distance
				heap.Push(open, stop{street.to, distance})
			}
		}
	}
	return distances
}

func main() {
	random := kernel.Random(20)
	grid := buildGrid(&random)
	kernel.Main(24, func(repeats int) (sum uint64) {
		for range repeats {
			for _, distance := range distancesFrom(grid, random.Below(len(grid))) {
				sum = kernel.Mix(sum, uint64(distance))
			}
		}
		return sum
	})
}
