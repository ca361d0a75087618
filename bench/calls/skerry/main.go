// The same calls of the same C, compiled to a module: skerry MODULE ROW. Built with CGO_ENABLED=0.
package main

import (
	"context"
	"os"
	"runtime"
	"time"

	"skerry.dev/skerry"
	"skerry/bench/calls/measure"
)

const instances = 10_000

var ctx = context.Background()

func main() {
	rt := measure.Must(skerry.New())
	mod := measure.Must(rt.Compile(ctx, measure.Must(os.ReadFile(os.Args[1]))))
	config := &skerry.Config{Hosts: []*skerry.HostModule{skerry.NewHostModule("env").
		Func("inc", skerry.Host1(func(_ *skerry.Caller, n int32) int32 { return n + 1 }))}}
	in := measure.Must(mod.Instantiate(ctx, config))
	measure.Rows(map[string]func(){
		"go-add": func() {
			add := measure.Must(skerry.Func2[int32, int32, int32](in, "add"))
			var total int32
			timed(200_000, func(n int) {
				for range n {
					total, _ = add(ctx, total, 3)
				}
			})
		},
		"go-batch": func() {
			add := measure.Must(in.Func("add"))
			slots := make([]uint64, 2*1000)
			timed(200_000, func(n int) {
				for range n / 1000 {
					measure.Must(add.CallBatch(ctx, slots))
				}
			})
		},
		"go-host": func() {
			loop := measure.Must(skerry.Func1[int32, int32](in, "loop"))
			timed(100_000, func(n int) { measure.Must(loop(ctx, int32(n))) })
		},
		"go-buffer":          func() { buffer(in) },
		"go-stop":            func() { stopTheWorld(in) },
		"go-instance":        func() { making(mod, config, func(*skerry.Instance) {}) },
		"go-instance-called": func() { making(mod, config, callOnce) },
		// The module touches no page of its memory when it is instantiated.
		"go-instance-kib": func() {
			before := measure.ResidentBytes()
			all := keep(mod, config, callOnce)
			measure.Tell((measure.ResidentBytes() - before) / 1024 / instances)
			runtime.KeepAlive(all)
		},
	})
}

// timed measures when what is hot has been compiled by the optimising tier.
func timed(n int, f func(n int)) { measure.Warm(time.Second, n, f) }

// buffer passes 1 KiB and has it summed.
func buffer(in *skerry.Instance) {
	sum := measure.Must(skerry.Func2[uint32, uint32, uint32](in, "sum"))
	address := measure.Must(measure.Must(skerry.Func0[uint32](in, "buffer_address"))(ctx))
	memory := measure.Must(in.Memory())
	bytes := make([]byte, 1024)
	var want uint32
	for i := range bytes {
		bytes[i] = byte(i)
		want += uint32(bytes[i])
	}
	timed(20_000, func(n int) {
		for range n {
			memory.Write(uint64(address), bytes)
			got, err := sum(ctx, address, uint32(len(bytes)))
			measure.Check(got == want && err == nil)
		}
	})
}

// stopTheWorld takes the mean of many stops while a guest loops without end.
func stopTheWorld(in *skerry.Instance) {
	forever := measure.Must(skerry.Proc0(in, "forever"))
	limited, cancel := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- forever(limited) }()
	const stops = 300
	var sum time.Duration
	var stats runtime.MemStats
	for range stops {
		time.Sleep(time.Millisecond)
		start := time.Now()
		runtime.ReadMemStats(&stats)
		sum += time.Since(start)
	}
	cancel()
	measure.Check(<-ended != nil)
	measure.Tell(float64(sum.Nanoseconds()) / stops)
}

func callOnce(in *skerry.Instance) {
	add := measure.Must(skerry.Func2[int32, int32, int32](in, "add"))
	measure.Check(measure.Must(add(ctx, 1, 2)) == 3)
}

// making times keep.
func making(mod *skerry.Module, config *skerry.Config, use func(*skerry.Instance)) {
	start := time.Now()
	keep(mod, config, use)
	measure.Tell(float64(time.Since(start).Nanoseconds()) / instances)
}

// keep makes instances that all live, and uses each.
func keep(mod *skerry.Module, config *skerry.Config, use func(*skerry.Instance)) []*skerry.Instance {
	all := make([]*skerry.Instance, instances)
	for i := range all {
		all[i] = measure.Must(mod.Instantiate(ctx, config))
		use(all[i])
	}
	return all
}
