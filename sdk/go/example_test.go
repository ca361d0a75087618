package skerry_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"testing/fstest"
	"time"

	"skerry.dev/skerry"
)

func Example() {
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(`(module
		(func (export "add") (param i32 i32) (result i32)
			(i32.add (local.get 0) (local.get 1))))`))
	if err != nil {
		log.Fatal(err)
	}
	inst, err := mod.Instantiate(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	add, err := skerry.Func2[int32, int32, int32](inst, "add")
	if err != nil {
		log.Fatal(err)
	}
	sum, err := add(ctx, 2, 3)
	fmt.Println(sum, err)
	// Output: 5 <nil>
}

func ExampleHostModule() {
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(`(module
		(import "env" "print" (func $print (param i32 i32)))
		(memory (export "memory") 1)
		(data (i32.const 8) "hello from the guest")
		(func (export "greet") (call $print (i32.const 8) (i32.const 20))))`))
	if err != nil {
		log.Fatal(err)
	}
	env := skerry.NewHostModule("env").
		Func("print", skerry.HostProc2(func(c *skerry.Caller, offset, length uint32) {
			text, ok := c.Memory().ReadString(uint64(offset), uint64(length))
			if !ok {
				c.Fail(skerry.ErrOutOfBounds)
				return
			}
			fmt.Println(text)
		}))
	inst, err := mod.Instantiate(ctx, &skerry.Config{Hosts: []*skerry.HostModule{env}})
	if err != nil {
		log.Fatal(err)
	}
	greet, err := skerry.Proc0(inst, "greet")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(greet(ctx))
	// Output:
	// hello from the guest
	// <nil>
}

// A guest that does not end is interrupted by its context.
func ExampleError() {
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(`(module (func (export "spin") (loop $l (br $l))))`))
	if err != nil {
		log.Fatal(err)
	}
	inst, err := mod.Instantiate(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	spin, err := skerry.Proc0(inst, "spin")
	if err != nil {
		log.Fatal(err)
	}
	limited, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	err = spin(limited)
	var failure *skerry.Error
	fmt.Println(errors.As(err, &failure) && failure.Name == "TrapInterrupted",
		errors.Is(err, context.DeadlineExceeded))
	// Output: true true
}

// A program of WASI sees the folders, variables and streams that it is given, and nothing else.
func ExampleWASI() {
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(wasiModule))
	if err != nil {
		log.Fatal(err)
	}
	inst, err := mod.Instantiate(ctx, &skerry.Config{WASI: &skerry.WASI{
		Args:   []string{"program"},
		Mounts: []skerry.Mount{{Guest: "/", FS: fstest.MapFS{"dir/note": {Data: []byte("a note")}}}},
		Stdin:  strings.NewReader("some input\n"),
		Stdout: os.Stdout,
	}})
	if err != nil {
		log.Fatal(err)
	}
	err = inst.Run(ctx)
	fmt.Println(err)
	// Output: the program ended with status 3
}

func ExampleFunc_CallBatch() {
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(addModule))
	if err != nil {
		log.Fatal(err)
	}
	inst, err := mod.Instantiate(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	add, err := inst.Func("add")
	if err != nil {
		log.Fatal(err)
	}
	slots := []uint64{1, 2, 10, 20, 100, 200}
	made, err := add.CallBatch(ctx, slots)
	fmt.Println(made, err, slots[0], slots[2], slots[4])
	// Output: 3 <nil> 3 30 300
}
