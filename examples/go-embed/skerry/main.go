// A Go program that runs a guest in C, by Skerry: skerry GUEST.wasm. The program beside it, wazero,
// does the same by wazero, step for step, and prints the same.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"skerry.dev/skerry"
)

var errNoPrice = errors.New("no price")

var prices = map[string]float64{"apple": 0.75, "pear": 1.5, "plum": 0.25}

// price is the host function. A failure ends the guest's call.
func price(c *skerry.Caller, name, length uint32) float64 {
	text, ok := c.Memory().ReadString(uint64(name), uint64(length))
	if !ok {
		c.Fail(skerry.ErrOutOfBounds)
		return 0
	}
	cost, ok := prices[text]
	if !ok {
		c.Fail(fmt.Errorf("%w of %q", errNoPrice, text))
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
	rt, err := skerry.New()
	if err != nil {
		return err
	}
	defer rt.Close() // and all that was made by it

	mod, err := rt.Compile(ctx, wasm)
	if err != nil {
		return err
	}
	inst, err := mod.Instantiate(ctx, &skerry.Config{
		Hosts: []*skerry.HostModule{
			skerry.NewHostModule("env").Func("price", skerry.Host2(price)),
		},
		WASI: &skerry.WASI{
			Args:   []string{"guest"},
			Env:    []string{"SHOP=open"},
			Mounts: []skerry.Mount{{Guest: "/data", FS: files}},
			Stdout: os.Stdout,
		},
	})
	if err != nil {
		return err
	}

	// Calls: the types are checked once, when the func is looked up.
	add, err := skerry.Func2[int32, int32, int32](inst, "add")
	if err != nil {
		return err
	}
	sum, err := add(ctx, 2, -3)
	if err != nil {
		return err
	}
	fmt.Println("add:", sum)

	load, err := skerry.Func0[int32](inst, "load")
	if err != nil {
		return err
	}
	lines, err := load(ctx)
	if err != nil {
		return err
	}
	fmt.Println("load:", lines)

	// Memory: the guest's allocator gives the place, and what is passed is an offset.
	const order = "apple pear plum pear"
	at, err := place(ctx, inst, order)
	if err != nil {
		return err
	}
	total, err := skerry.Func2[uint32, uint32, float64](inst, "total")
	if err != nil {
		return err
	}
	cost, err := total(ctx, at, uint32(len(order)))
	if err != nil {
		return err
	}
	fmt.Println("total:", cost)

	// In place, without a copy.
	memory, err := inst.Memory()
	if err != nil {
		return err
	}
	if err := memory.Use(uint64(at), uint64(len(order)), func(text []byte) error {
		copy(text, bytes.ToUpper(text))
		return nil
	}); err != nil {
		return err
	}
	isUpper, err := skerry.Func2[uint32, uint32, int32](inst, "is_upper")
	if err != nil {
		return err
	}
	upper, err := isUpper(ctx, at, uint32(len(order)))
	if err != nil {
		return err
	}
	fmt.Println("upper:", upper)

	// Failures: of a host function, of the guest, of the context.
	_, err = total(ctx, at, uint32(len(order))) // APPLE has no price
	fmt.Println("no price:", errors.Is(err, errNoPrice))

	divide, err := skerry.Func2[int32, int32, int32](inst, "divide")
	if err != nil {
		return err
	}
	_, err = divide(ctx, 1, 0)
	var failure *skerry.Error
	fmt.Println("divide by zero:", errors.As(err, &failure) && failure.Name == "TrapIntegerDivideByZero")

	limited, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	spin, err := skerry.Proc0(inst, "spin")
	if err != nil {
		return err
	}
	err = spin(limited)
	fmt.Println("deadline:", errors.Is(err, context.DeadlineExceeded))

	// The instance is as good as before.
	sum, err = add(ctx, 20, 22)
	if err != nil {
		return err
	}
	fmt.Println("after that:", sum)

	quit, err := skerry.Proc1[int32](inst, "quit")
	if err != nil {
		return err
	}
	var exit *skerry.ExitError
	if err := quit(ctx, 3); errors.As(err, &exit) {
		fmt.Println("status:", exit.Status)
	}
	return inst.Close()
}

// place puts a text into memory that the guest's malloc gives.
func place(ctx context.Context, inst *skerry.Instance, text string) (uint32, error) {
	malloc, err := skerry.Func1[uint32, uint32](inst, "malloc")
	if err != nil {
		return 0, err
	}
	at, err := malloc(ctx, uint32(len(text)))
	if err != nil {
		return 0, err
	}
	memory, err := inst.Memory()
	if err != nil {
		return 0, err
	}
	if at == 0 || !memory.WriteString(uint64(at), text) {
		return 0, skerry.ErrOutOfBounds
	}
	return at, nil
}
