// Binary trees made and dropped: the allocator and the garbage collector.
package main

import "skerry/bench/kernel"

type node struct {
	left, right *node
	value       uint32
}

func build(depth int, value uint32) *node {
	n := &node{value: value}
	if depth > 0 {
		n.left, n.right = build(depth-1, value*2), build(depth-1, value*2+1)
	}
	return n
}

func (n *node) total() uint64 {
	if n == nil {
		return 0
	}
	return uint64(n.value) + 3*n.left.total() + n.right.total()
}

func main() {
	kept := build(16, 1)
	kernel.Main(40, func(repeats int) (sum uint64) {
		for r := range repeats {
			for depth := 4; depth <= 14; depth += 2 {
				for i := range 1 << (14 - depth) {
					sum = kernel.Mix(sum, build(depth, uint32(r+i)).total())
				}
			}
		}
		return kernel.Mix(sum, kept.total())
	})
}
