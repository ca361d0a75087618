// Goroutines: a pipeline over unbuffered channels, workers on a buffered one, select, mutex.
package main

import (
	"sync"

	"skerry/bench/kernel"
)

// sieve is the chain of filters: each prime found adds a goroutine.
func sieve(count int) (sum uint64) {
	done := make(chan struct{})
	numbers := make(chan int)
	go func(out chan<- int) {
		for n := 2; ; n++ {
			select {
			case out <- n:
			case <-done:
				return
			}
		}
	}(numbers)
	for range count {
		prime := <-numbers
		sum = kernel.Mix(sum, uint64(prime))
		filtered := make(chan int)
		go func(in <-chan int) {
			for {
				select {
				case n := <-in:
					if n%prime == 0 {
						continue
					}
					select {
					case filtered <- n:
					case <-done:
						return
					}
				case <-done:
					return
				}
			}
		}(numbers)
		numbers = filtered
	}
	close(done)
	return sum
}

func workers(jobs int) uint64 {
	queue := make(chan int, 64)
	results := make(chan uint64, 64)
	var lock sync.Mutex
	var group sync.WaitGroup
	byWorker := 0
	for range 8 {
		group.Go(func() {
			for job := range queue {
				lock.Lock()
				byWorker++
				lock.Unlock()
				results <- uint64(job) * 2654435761
			}
		})
	}
	go func() {
		for job := range jobs {
			queue <- job
		}
		close(queue)
		group.Wait()
		close(results)
	}()
	var sum uint64
	for result := range results {
		sum += result
	}
	return sum + uint64(byWorker)
}

func main() {
	kernel.Main(12, func(repeats int) (sum uint64) {
		for range repeats {
			sum = kernel.Mix(sum, sieve(400))
			sum = kernel.Mix(sum, workers(100000))
		}
		return sum
	})
}
