// A Go program that runs a guest in C, by wazero: wazero GUEST.wasm. The program beside it, skerry,
// does the same by Skerry, step for step, and prints the same.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing/fstest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

var errNoPrice = errors.New("no price")
var errOutOfBounds = errors.New("outside of the memory")

var prices = map[string]float64{"apple": 0.75, "pear": 1.5, "plum": 0.25}

// price is the host function. A panic ends the guest's call.
func price(_ context.Context, mod api.Module, name, length uint32) float64 {
	text, ok := mod.Memory().Read(name, length)
	if !ok {
		panic(errOutOfBounds)
	}
	cost, ok := prices[string(text)]
	if !ok {
		panic(fmt.Errorf("%w of %q", errNoPrice, text))
	}
	return cost
}

var files = fstest.MapFS{"fruit.txt": {Data: []byte("apple\npear\nplum\n")}}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx := context.Background()
	wasm, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	// Without this a context interrupts nothing.
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
	defer rt.Close(ctx) // and all that was made by it

	if _, err := wasi_snapshot_preview1.Instantiate(ctx, rt); err != nil {
		return err
	}
	if _, err := rt.NewHostModuleBuilder("env").NewFunctionBuilder().WithFunc(price).Export("price").
		Instantiate(ctx); err != nil {
		return err
	}
	mod, err := rt.CompileModule(ctx, wasm)
	if err != nil {
		return err
	}
	config := wazero.NewModuleConfig().
		WithName(""). // so that there can be more than one
		WithStartFunctions("_initialize").
		WithArgs("guest").
		WithEnv("SHOP", "open").
		WithFSConfig(wazero.NewFSConfig().WithFSMount(files, "/data")).
		WithStdout(os.Stdout)
	inst, err := rt.InstantiateModule(ctx, mod, config)
	if err != nil {
		return err
	}

	// Calls: arguments and results are 64 bits, and whoever calls knows the types.
	results, err := inst.ExportedFunction("add").Call(ctx, api.EncodeI32(2), api.EncodeI32(-3))
	if err != nil {
		return err
	}
	fmt.Println("add:", api.DecodeI32(results[0]))

	results, err = inst.ExportedFunction("load").Call(ctx)
	if err != nil {
		return err
	}
	fmt.Println("load:", api.DecodeI32(results[0]))

	// Memory: the guest's allocator gives the place, and what is passed is an offset.
	const order = "apple pear plum pear"
	at, err := place(ctx, inst, order)
	if err != nil {
		return err
	}
	total := inst.ExportedFunction("total")
	results, err = total.Call(ctx, api.EncodeU32(at), api.EncodeU32(uint32(len(order))))
	if err != nil {
		return err
	}
	fmt.Println("total:", api.DecodeF64(results[0]))

	// In place: what Read answers is the memory itself.
	text, ok := inst.Memory().Read(at, uint32(len(order)))
	if !ok {
		return errOutOfBounds
	}
	copy(text, bytes.ToUpper(text))
	results, err = inst.ExportedFunction("is_upper").Call(ctx, api.EncodeU32(at), api.EncodeU32(uint32(len(order))))
	if err != nil {
		return err
	}
	fmt.Println("upper:", api.DecodeI32(results[0]))

	// Failures: of a host function, of the guest, of the context.
	_, err = total.Call(ctx, api.EncodeU32(at), api.EncodeU32(uint32(len(order)))) // APPLE has no price
	fmt.Println("no price:", errors.Is(err, errNoPrice))

	_, err = inst.ExportedFunction("divide").Call(ctx, api.EncodeI32(1), api.EncodeI32(0))
	fmt.Println("divide by zero:", err != nil && strings.Contains(err.Error(), "integer divide by zero"))

	limited, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	_, err = inst.ExportedFunction("spin").Call(limited)
	fmt.Println("deadline:", errors.Is(err, context.DeadlineExceeded))

	// The instance was closed by the deadline: what comes next needs another.
	if inst, err = rt.InstantiateModule(ctx, mod, config); err != nil {
		return err
	}
	results, err = inst.ExportedFunction("add").Call(ctx, api.EncodeI32(20), api.EncodeI32(22))
	if err != nil {
		return err
	}
	fmt.Println("after that:", api.DecodeI32(results[0]))

	_, err = inst.ExportedFunction("quit").Call(ctx, api.EncodeI32(3))
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		fmt.Println("status:", exit.ExitCode())
	}
	return inst.Close(ctx)
}

// place puts a text into memory that the guest's malloc gives.
func place(ctx context.Context, inst api.Module, text string) (uint32, error) {
	results, err := inst.ExportedFunction("malloc").Call(ctx, api.EncodeU32(uint32(len(text))))
	if err != nil {
		return 0, err
	}
	at := api.DecodeU32(results[0])
	if at == 0 || !inst.Memory().WriteString(at, text) {
		return 0, errOutOfBounds
	}
	return at, nil
}
