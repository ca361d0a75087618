// Goroutines that never yield: whether others, timers and the collector have their turn all the same.
// Each word names a part; it is printed with what came of it.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var parts = map[string]func() any{
	"other":   other,
	"timer":   timer,
	"collect": collect,
	"fair":    fair,
	"stress":  stress,
}

func main() {
	for _, name := range os.Args[1:] {
		fmt.Println(name, parts[name]())
	}
}

// A function with a prologue, where a goroutine can be asked to yield.
//
//go:noinline
func work(n int) int {
	if n > 0 {
		return work(n-1) + 1
	}
	return 0
}

// Waits for what only another goroutine does.
func other() any {
	var done atomic.Bool
	go done.Store(true)
	for !done.Load() {
		work(3)
	}
	return "ran"
}

func timer() any {
	var fired atomic.Bool
	time.AfterFunc(time.Millisecond, func() { fired.Store(true) })
	for !fired.Load() {
		work(3)
	}
	return "fired"
}

// A collection that begins while main computes comes to its end.
func collect() any {
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var kept [][]byte
	for now.NumGC < before.NumGC+5 {
		kept = append(kept, make([]byte, 64<<10))
		if len(kept) > 200 {
			kept = kept[:0]
		}
		work(1000)
		runtime.ReadMemStats(&now)
	}
	return "ended"
}

// All of several goroutines that spin come on.
func fair() any {
	var rounds [4]atomic.Int64
	var stop atomic.Bool
	var group sync.WaitGroup
	for i := range rounds {
		group.Go(func() {
			for !stop.Load() {
				work(10)
				rounds[i].Add(1)
			}
		})
	}
	for {
		slowest := rounds[0].Load()
		for i := range rounds {
			slowest = min(slowest, rounds[i].Load())
		}
		if slowest > 1000 {
			break
		}
		work(10)
	}
	stop.Store(true)
	group.Wait()
	return "all"
}

// Everything at once that the scheduler, the collector and growing stacks can disturb: the sum only
// depends on what each goroutine computes.
func stress() any {
	const goroutines, rounds = 24, 80
	var group sync.WaitGroup
	var mutex sync.Mutex
	shared := map[string]int{}
	results := make(chan int, 1)
	for g := range goroutines {
		group.Go(func() {
			sum := 0
			for round := range rounds {
				sum += work(200 * (round%7 + 1))
				sum += caught(round)
				words := strings.Fields(fmt.Sprint(g, round, "c", "b", "a", map[int]int{g: round}))
				sort.Strings(words)
				key := words[len(words)-1]
				mutex.Lock()
				shared[key]++
				mutex.Unlock()
				if round%8 == 0 {
					time.Sleep(time.Microsecond)
				}
				if round%16 == 0 {
					runtime.GC()
				}
				results <- round // blocks while another's is there
				<-results
			}
			mutex.Lock()
			shared["sum"] += sum
			mutex.Unlock()
		})
	}
	group.Wait()
	counted := 0
	for key, count := range shared {
		if key != "sum" {
			counted += count
		}
	}
	return fmt.Sprint(shared["sum"], " ", counted)
}

// A panic on a deep stack, recovered.
func caught(n int) (sum int) {
	defer func() {
		if err, ok := recover().(error); ok && errors.Is(err, errDeep) {
			sum = n
		}
	}()
	return dive(50 + n)
}

var errDeep = errors.New("deep")

//go:noinline
func dive(n int) int {
	if n == 0 {
		panic(errDeep)
	}
	var frame [16]int
	frame[n%16] = dive(n - 1)
	return frame[0]
}
