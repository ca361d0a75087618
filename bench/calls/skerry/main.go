// The same calls of the same C, compiled to a module: skerry MODULE. Built with CGO_ENABLED=0.
package main

import (
	"context"
	"os"
	"time"

	"skerry.dev/skerry"
	"skerry/bench/calls/measure"
)

func main() {
	ctx := context.Background()
	rt := measure.Must(skerry.New())
	mod := measure.Must(rt.Compile(ctx, measure.Must(os.ReadFile(os.Args[1]))))
	env := skerry.NewHostModule("env").
		Func("inc", skerry.Host1(func(_ *skerry.Caller, n int32) int32 { return n + 1 }))
	in := measure.Must(mod.Instantiate(ctx, &skerry.Config{Hosts: []*skerry.HostModule{env}}))
	add := measure.Must(skerry.Func2[int32, int32, int32](in, "add"))
	loop := measure.Must(skerry.Func1[int32, int32](in, "loop"))
	sum := measure.Must(skerry.Func2[uint32, uint32, uint32](in, "sum"))
	address := measure.Must(measure.Must(skerry.Func0[uint32](in, "buffer_address"))(ctx))
	memory := measure.Must(in.Memory())

	bytes := make([]byte, 1024)
	var want uint32
	for i := range bytes {
		bytes[i] = byte(i)
		want += uint32(byte(i))
	}
	pass := func(n int) {
		for range n {
			memory.Write(uint64(address), bytes)
			got, err := sum(ctx, address, uint32(len(bytes)))
			measure.Check(got == want && err == nil)
		}
	}
	// Until what is hot has been compiled by the optimising tier.
	for start := time.Now(); time.Since(start) < time.Second; {
		pass(1000)
		loop(ctx, 1000)
		add(ctx, 1, 2)
	}
	var total int32
	measure.Calls("add", 10_000_000, func(n int) {
		for range n {
			total, _ = add(ctx, total, 3)
		}
	})
	measure.Calls("host", 5_000_000, func(n int) { loop(ctx, int32(n)) })
	measure.Calls("buffer", 1_000_000, pass)
	slots := make([]uint64, 2*1000)
	batch := measure.Must(in.Func("add"))
	measure.Calls("batch", 10_000_000, func(n int) {
		for range n / 1000 {
			batch.CallBatch(ctx, slots)
		}
	})
}
