// The same through wazero: wazero MODULE ROW.
package main

import (
	"context"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"skerry/bench/calls/measure"
)

func main() {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	measure.Must(rt.NewHostModuleBuilder("env").NewFunctionBuilder().WithGoFunction(
		api.GoFunc(func(_ context.Context, stack []uint64) { stack[0] = uint64(uint32(stack[0]) + 1) }),
		[]api.ValueType{api.ValueTypeI32}, []api.ValueType{api.ValueTypeI32}).
		Export("inc").Instantiate(ctx))
	in := measure.Must(rt.Instantiate(ctx, measure.Must(os.ReadFile(os.Args[1]))))
	add, loop, sum := in.ExportedFunction("add"), in.ExportedFunction("loop"), in.ExportedFunction("sum")
	address := measure.Must(in.ExportedFunction("buffer_address").Call(ctx))[0]
	stack := make([]uint64, 2)
	bytes := make([]byte, 1024)
	var want uint32
	for i := range bytes {
		bytes[i] = byte(i)
		want += uint32(bytes[i])
	}
	measure.Rows(map[string]func(){
		"go-add": func() {
			measure.Calls(200_000, func(n int) {
				for range n {
					stack[1] = 3
					measure.Check(add.CallWithStack(ctx, stack) == nil)
				}
			})
		},
		"go-host": func() {
			measure.Calls(100_000, func(n int) {
				stack[0] = uint64(n)
				measure.Check(loop.CallWithStack(ctx, stack) == nil)
			})
		},
		"go-buffer": func() {
			measure.Calls(20_000, func(n int) {
				for range n {
					in.Memory().Write(uint32(address), bytes)
					stack[0], stack[1] = address, uint64(len(bytes))
					measure.Check(sum.CallWithStack(ctx, stack) == nil && uint32(stack[0]) == want)
				}
			})
		},
	})
}
