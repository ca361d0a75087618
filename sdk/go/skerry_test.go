package skerry_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"skerry.dev/skerry"
)

var ctx = context.Background()

func newRuntime(t testing.TB, opts ...skerry.Option) *skerry.Runtime {
	t.Helper()
	rt, err := skerry.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Close(); err != nil {
			t.Error(err)
		}
	})
	return rt
}

func instantiate(t testing.TB, wat string, config *skerry.Config) *skerry.Instance {
	t.Helper()
	mod, err := newRuntime(t).Compile(ctx, []byte(wat))
	if err != nil {
		t.Fatal(err)
	}
	in, err := mod.Instantiate(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

const addModule = `(module (func (export "add") (param i32 i32) (result i32)
	local.get 0 local.get 1 i32.add))`

func TestTypedCall(t *testing.T) {
	in := instantiate(t, addModule, nil)
	add, err := skerry.Func2[int32, int32, int32](in, "add")
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := add(ctx, 2, -3); err != nil || sum != -1 {
		t.Fatal(sum, err)
	}
	if _, err := skerry.Func2[int64, int32, int32](in, "add"); err == nil ||
		!strings.Contains(err.Error(), "(i32, i32) -> i32") {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(1000, func() { add(ctx, 2, 3) }); allocs != 0 {
		t.Fatal(allocs, "allocations a call")
	}
}

const hostModule = `(module
	(import "env" "inc" (func $inc (param i32) (result i32)))
	(memory (export "memory") 1)
	(func (export "loop") (param i32) (result i32) (local i32)
	  (loop $l (local.set 1 (i32.add (local.get 1) (call $inc (local.get 0))))
	    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
	  local.get 1))`

func TestHostFunc(t *testing.T) {
	calls := 0
	env := skerry.NewHostModule("env").Func("inc", skerry.Host1(func(c *skerry.Caller, n int32) int32 {
		calls++
		if n == 13 {
			c.Fail(errors.New("unlucky"))
		}
		return n + 1
	}))
	in := instantiate(t, hostModule, &skerry.Config{Hosts: []*skerry.HostModule{env}})
	loop, err := skerry.Func1[int32, int32](in, "loop")
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := loop(ctx, 10); err != nil || sum != 65 || calls != 10 {
		t.Fatal(sum, err, calls)
	}
	_, err = loop(ctx, 20)
	if err == nil || errors.Unwrap(err).Error() != "unlucky" {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(1000, func() { loop(ctx, 5) }); allocs != 0 {
		t.Fatal(allocs, "allocations a call")
	}
}

const tableModule = `(module
	(type $unary (func (param i32) (result i32)))
	(table (export "table") 2 5 funcref)
	(table (export "full") 1 1 funcref)
	(memory (export "memory") 1)
	(func (export "call") (param i32 i32) (result i32)
	  (call_indirect 0 (type $unary) (local.get 1) (local.get 0))))`

func TestAddFunc(t *testing.T) {
	in := instantiate(t, tableModule, nil)
	call, err := skerry.Func2[uint32, int32, int32](in, "call")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := call(ctx, 2, 0); err == nil {
		t.Fatal("there is no func yet")
	}
	var indices []uint32
	var add func(depth int32) skerry.HostFunc
	add = func(depth int32) skerry.HostFunc {
		return skerry.Host1(func(c *skerry.Caller, n int32) int32 {
			if depth == 0 {
				return n * 10
			}
			// The table grows while a func of it runs.
			index, err := c.Instance().AddFunc("table", add(depth-1))
			if err != nil {
				t.Error(err)
			}
			indices = append(indices, index)
			result, err := call(ctx, index, n+1)
			if err != nil {
				t.Error(err)
			}
			return result
		})
	}
	index, err := in.AddFunc("table", add(2))
	if err != nil || index != 2 {
		t.Fatal(index, err)
	}
	if n, err := call(ctx, index, 5); n != 70 || err != nil || len(indices) != 2 || indices[1] != 4 {
		t.Fatal(n, err, indices)
	}
	// Full ones, and what is no table.
	for _, table := range []string{"table", "full", "memory", "none"} {
		if _, err := in.AddFunc(table, skerry.HostProc0(func(*skerry.Caller) {})); err == nil {
			t.Error(table)
		}
	}
	in.Close()
	if _, err := in.AddFunc("table", add(0)); err != skerry.ErrClosed {
		t.Error(err)
	}
}

// Of a func that is called by another type.
func TestAddFuncChecksTypes(t *testing.T) {
	in := instantiate(t, tableModule, nil)
	call, err := skerry.Func2[uint32, int32, int32](in, "call")
	if err != nil {
		t.Fatal(err)
	}
	index, err := in.AddFunc("table", skerry.Host1(func(_ *skerry.Caller, n int64) int32 { return int32(n) }))
	if err != nil {
		t.Fatal(err)
	}
	var failure *skerry.Error
	if _, err := call(ctx, index, 5); !errors.As(err, &failure) || failure.Name != "TrapBadSignature" {
		t.Error(err)
	}
}

func BenchmarkAdd(b *testing.B) {
	in := instantiate(b, addModule, nil)
	add, err := skerry.Func2[int32, int32, int32](in, "add")
	if err != nil {
		b.Fatal(err)
	}
	var sum int32
	for i := 0; i < b.N; i++ {
		sum, _ = add(ctx, sum, 3)
	}
}

func BenchmarkHost(b *testing.B) {
	env := skerry.NewHostModule("env").Func("inc", skerry.Host1(func(_ *skerry.Caller, n int32) int32 { return n + 1 }))
	in := instantiate(b, hostModule, &skerry.Config{Hosts: []*skerry.HostModule{env}})
	loop, _ := skerry.Func1[int32, int32](in, "loop")
	b.ResetTimer()
	loop(ctx, int32(b.N))
}

// tempDir is t.TempDir, whose removal fails under wine.
func tempDir(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "skerry-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}
