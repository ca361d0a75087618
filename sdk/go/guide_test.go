package skerry_test

// What docs/guide/go.md shows beside example_test.go: tests/sdk/guide.py holds that every snippet there
// is in a file that is compiled and run.

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"skerry.dev/skerry"
)

func start(wat string, config *skerry.Config) (*skerry.Runtime, *skerry.Instance) {
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	mod, err := rt.Compile(ctx, []byte(wat))
	if err != nil {
		log.Fatal(err)
	}
	inst, err := mod.Instantiate(ctx, config)
	if err != nil {
		log.Fatal(err)
	}
	return rt, inst
}

func ExampleNew() {
	rt, err := skerry.New(skerry.WithTier(skerry.TierBaseline), skerry.WithCache())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rt.Close())
	// Output: <nil>
}

func ExampleFunc() {
	rt, inst := start(addModule, nil)
	defer rt.Close()

	add, err := inst.Func("add")
	if err != nil {
		log.Fatal(err)
	}
	results, err := add.Call(ctx, skerry.EncodeI32(2), skerry.EncodeI32(-3))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(add.Type(), skerry.DecodeI32(results[0]))
	// Output: (i32, i32) -> i32 -1
}

func ExampleHostSlots() {
	// (i32, i64) -> (i64, i64): more results than one, or types that are known only at run time.
	env := skerry.NewHostModule("env").
		Func("divide", skerry.HostSlots("iI:II", func(c *skerry.Caller, slots []uint64) {
			by, n := uint64(uint32(slots[0])), slots[1]
			if by == 0 {
				c.Fail(errors.New("nothing can be divided by zero"))
				return
			}
			slots[0], slots[1] = n/by, n%by
		}))
	rt, inst := start(`(module
		(import "env" "divide" (func $divide (param i32 i64) (result i64 i64)))
		(func (export "rest") (param i32 i64) (result i64)
			(call $divide (local.get 0) (local.get 1)) (drop (local.set 1)) (local.get 1)))`,
		&skerry.Config{Hosts: []*skerry.HostModule{env}})
	defer rt.Close()
	rest, err := skerry.Func2[uint32, uint64, uint64](inst, "rest")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rest(ctx, 7, 40))
	_, err = rest(ctx, 0, 40)
	fmt.Println(errors.Unwrap(err))
	// Output:
	// 5 <nil>
	// nothing can be divided by zero
}

func ExampleMemory() {
	rt, inst := start(`(module (memory (export "memory") 1))`, nil)
	defer rt.Close()

	memory, err := inst.Memory()
	if err != nil {
		log.Fatal(err)
	}
	// Copies, checked against the size at that moment.
	fmt.Println(memory.WriteString(65530, "ground"), memory.WriteString(65531, "ground"))
	text, ok := memory.ReadString(65530, 6)
	fmt.Println(text, ok)

	// In place: the bytes are good until use returns.
	err = memory.Use(65530, 6, func(bytes []byte) error {
		bytes[0] = 'G'
		return nil
	})
	fmt.Println(err)

	// Growth moves nothing from under a Memory: it knows the new size.
	fmt.Println(memory.Grow(1), memory.Size(), memory.PutUint32(65536, 42))
	text, ok = memory.ReadString(65530, 6)
	fmt.Println(text, ok)
	// Output:
	// true false
	// ground true
	// <nil>
	// true 131072 true
	// Ground true
}

func ExamplePool() {
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(addModule))
	if err != nil {
		log.Fatal(err)
	}

	pool, err := skerry.NewPool(mod, nil, runtime.GOMAXPROCS(0))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	sums := make(chan int32)
	for n := range int32(10) {
		go pool.Do(ctx, func(inst *skerry.Instance) error {
			add, err := skerry.Func2[int32, int32, int32](inst, "add")
			if err != nil {
				return err
			}
			sum, err := add(ctx, n, 1)
			sums <- sum
			return err // an error drops the instance; the next one is new
		})
	}
	total := int32(0)
	for range 10 {
		total += <-sums
	}
	fmt.Println(total)
	// Output: 55
}

func ExampleFunc_Go() {
	rt, inst := start(addModule, nil)
	defer rt.Close()
	add, err := inst.Func("add")
	if err != nil {
		log.Fatal(err)
	}

	outcome := add.Go(ctx, 40, 2)
	// ... whatever else there is to do; the instance is in use until then.
	o := <-outcome
	if o.Err != nil {
		log.Fatal(o.Err)
	}
	fmt.Println(skerry.DecodeI32(o.Results[0]))
	// Output: 42
}

func ExampleInstance_SetFuel() {
	rt, err := skerry.New(skerry.WithFuel())
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(`(module (func (export "spin") (loop $l (br $l))))`))
	if err != nil {
		log.Fatal(err)
	}
	inst, err := mod.Instantiate(ctx, &skerry.Config{Fuel: 10_000})
	if err != nil {
		log.Fatal(err)
	}
	spin, err := skerry.Proc0(inst, "spin")
	if err != nil {
		log.Fatal(err)
	}
	err = spin(ctx)
	var failure *skerry.Error
	fmt.Println(errors.As(err, &failure) && failure.Name == "TrapOutOfFuel", inst.Fuel())
	// Output: true 0
}

// What the error wraps is the context's cause.
func ExampleError_cause() {
	rt, inst := start(`(module (func (export "spin") (loop $l (br $l))))`, nil)
	defer rt.Close()
	spin, err := skerry.Proc0(inst, "spin")
	if err != nil {
		log.Fatal(err)
	}
	tooLong := errors.New("the request took too long")
	limited, cancel := context.WithTimeoutCause(ctx, 10*time.Millisecond, tooLong)
	defer cancel()
	err = spin(limited)
	fmt.Println(errors.Is(err, tooLong), errors.Is(err, context.DeadlineExceeded))
	// A context that is done already lets nothing run, and its error comes back as it is.
	fmt.Println(spin(limited))
	// Output:
	// true false
	// context deadline exceeded
}

func ExampleConfig_links() {
	rt, library := start(addModule, nil)
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(`(module
		(import "math" "add" (func $add (param i32 i32) (result i32)))
		(func (export "double") (param i32) (result i32) (call $add (local.get 0) (local.get 0))))`))
	if err != nil {
		log.Fatal(err)
	}

	inst, err := mod.Instantiate(ctx, &skerry.Config{
		Links: map[string]*skerry.Instance{"math": library},
	})
	if err != nil {
		log.Fatal(err)
	}
	double, err := skerry.Func1[int32, int32](inst, "double")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(double(ctx, 21))
	// Output: 42 <nil>
}

func ExampleConfig_libraries() {
	folder, err := os.MkdirTemp("", "skerry-guide-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	manifest := filepath.Join(folder, "number.toml")
	if err := os.WriteFile(manifest, []byte(`
[libraries.number]
linux = "libc.so.6"
windows = "msvcrt.dll"
system = true
functions.abs = { parameters = ["i32"], result = "i32" }
functions.labs = { parameters = ["long"], result = "long" }
`), 0o600); err != nil {
		log.Fatal(err)
	}
	rt, err := skerry.New()
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	mod, err := rt.Compile(ctx, []byte(`(module
		(import "number" "abs" (func $abs (param i32) (result i32)))
		(func (export "distance") (param i32 i32) (result i32)
			(call $abs (i32.sub (local.get 0) (local.get 1)))))`))
	if err != nil {
		log.Fatal(err)
	}

	inst, err := mod.Instantiate(ctx, &skerry.Config{
		Libraries: []string{manifest},
		Policy:    "[host]\nlibraries = [\"number.abs\"]\n",
	})
	if err != nil {
		log.Fatal(err)
	}
	distance, err := skerry.Func2[int32, int32, int32](inst, "distance")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(distance(ctx, 3, 10))

	_, err = mod.Instantiate(ctx, &skerry.Config{
		Libraries: []string{manifest},
		Policy:    "[host]\nlibraries = [\"number.labs\"]\n",
	})
	var failure *skerry.Error
	fmt.Println(errors.As(err, &failure) && failure.Name == "PolicyDenied")
	// Output:
	// 7 <nil>
	// true
}

func ExampleReportLeaks() {
	leaks := make(chan string, 10)
	skerry.ReportLeaks(func(what string) { leaks <- what })
	defer skerry.ReportLeaks(nil)

	func() {
		rt, err := skerry.New()
		if err != nil {
			log.Fatal(err)
		}
		_ = rt // and no rt.Close()
	}()
	runtime.GC()
	fmt.Println(<-leaks)
	// Output: Runtime
}
