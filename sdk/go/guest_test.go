package skerry_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"skerry.dev/skerry"
)

const loopModule = `(module
	(import "env" "wait" (func $wait))
	(memory (export "memory") 1)
	(func (export "forever") (loop $l (br $l)))
	(func (export "waits") (call $wait))
	(func (export "trap") (unreachable))
	(func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
	(func $deep (export "deep") (param i32) (result i32)
	  (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
	    (else (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1))))))))`

func loops(t testing.TB, wait func(*skerry.Caller)) *skerry.Instance {
	env := skerry.NewHostModule("env").Func("wait", skerry.HostProc0(wait))
	return instantiate(t, loopModule, &skerry.Config{Hosts: []*skerry.HostModule{env}})
}

func proc(t testing.TB, in *skerry.Instance, name string) func(context.Context) error {
	t.Helper()
	f, err := skerry.Proc0(in, name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func name(err error) string {
	var e *skerry.Error
	if errors.As(err, &e) {
		return e.Name
	}
	return ""
}

func TestTraps(t *testing.T) {
	in := loops(t, func(*skerry.Caller) {})
	err := proc(t, in, "trap")(ctx)
	if name(err) != "TrapUnreachable" || !strings.Contains(err.Error(), "trap") {
		t.Fatal(err)
	}
	load, err := skerry.Func1[int32, int32](in, "load")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load(ctx, -1); name(err) != "TrapMemoryOutOfBounds" {
		t.Fatal(err)
	}
	deep, err := skerry.Func1[int32, int32](in, "deep")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deep(ctx, -1); name(err) != "TrapStackOverflow" {
		t.Fatal(err)
	}
	if depth, err := deep(ctx, 1000); depth != 1000 || err != nil {
		t.Fatal(depth, err)
	}
}

func TestNilDereferenceIsStillAPanicOfGo(t *testing.T) {
	in := loops(t, func(*skerry.Caller) {
		var p *int
		*p = 1
	})
	defer func() {
		if r, ok := recover().(runtime.Error); !ok || !strings.Contains(r.Error(), "nil pointer") {
			t.Fatal(r)
		}
		if err := proc(t, in, "trap")(ctx); name(err) != "TrapUnreachable" {
			t.Fatal(err)
		}
	}()
	proc(t, in, "waits")(ctx)
	t.Fatal("no panic")
}

// A panic within a call of a host function's is none of the host function's own call.
func TestPanicOfACallWithinACall(t *testing.T) {
	var in *skerry.Instance
	var outer *skerry.Caller
	failed := errors.New("failed")
	calls := 0
	in = loops(t, func(c *skerry.Caller) {
		calls++
		switch calls {
		case 1:
			outer = c
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				proc(t, in, "waits")(ctx)
			}()
			if err := proc(t, in, "waits")(ctx); err != nil {
				t.Error(err)
			}
			c.Fail(failed)
		case 2:
			panic("within")
		case 3:
			if c == outer {
				t.Error("the call within has the caller of the one outside")
			}
		}
	})
	if err := proc(t, in, "waits")(ctx); !errors.Is(err, failed) || calls != 3 {
		t.Fatal(err, calls)
	}
}

func TestGoexitInAHostFunction(t *testing.T) {
	in := loops(t, func(*skerry.Caller) { runtime.Goexit() })
	done := make(chan struct{})
	go func() {
		defer close(done)
		proc(t, in, "waits")(ctx)
		t.Error("the goroutine goes on")
	}()
	<-done
	if err := proc(t, in, "trap")(ctx); name(err) != "TrapUnreachable" {
		t.Fatal(err)
	}
}

func TestContextInterruptsALoop(t *testing.T) {
	in := loops(t, func(*skerry.Caller) {})
	forever := proc(t, in, "forever")
	for range 3 {
		c, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		err := forever(c)
		if name(err) != "TrapInterrupted" || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if err := forever(c); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		cancel()
		// The instance is as good as before.
		if err := proc(t, in, "waits")(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestContextOfACallWithinACall(t *testing.T) {
	var in *skerry.Instance
	var inner error
	in = loops(t, func(*skerry.Caller) {
		c, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		defer cancel()
		inner = proc(t, in, "forever")(c)
	})
	outer, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := proc(t, in, "waits")(outer); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(inner, context.DeadlineExceeded) {
		t.Fatal(inner)
	}
	go func() {
		time.Sleep(10 * time.Millisecond)
		cancel()
	}()
	if err := proc(t, in, "forever")(outer); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestCallsWithinCalls(t *testing.T) {
	var in *skerry.Instance
	depth := 0
	in = loops(t, func(c *skerry.Caller) {
		if c.Instance() != in {
			t.Error("another instance")
		}
		if depth++; depth < 20 {
			if err := proc(t, in, "waits")(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	if err := proc(t, in, "waits")(ctx); err != nil || depth != 20 {
		t.Fatal(depth, err)
	}
	// Without end: an error, not a crash.
	in = loops(t, func(c *skerry.Caller) {
		if err := proc(t, in, "waits")(ctx); err != nil {
			c.Fail(err)
		}
	})
	if err := proc(t, in, "waits")(ctx); name(err) != "HostFunctionFailed" && name(err) != "TrapStackOverflow" {
		t.Fatal(err)
	}
}

func TestOtherGoroutinesRunBesideALoop(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	in := loops(t, func(*skerry.Caller) {})
	c, cancel := context.WithCancel(ctx)
	rounds := 0
	go func() {
		for ; rounds < 5; rounds++ {
			runtime.Gosched()
		}
		cancel()
	}()
	if err := proc(t, in, "forever")(c); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestMemory(t *testing.T) {
	in := loops(t, func(*skerry.Caller) {})
	m, err := in.Memory()
	if err != nil || m.Size() != 65536 {
		t.Fatal(err)
	}
	if !m.WriteString(65530, "abcdef") || m.WriteString(65531, "abcdef") {
		t.Fatal("bounds")
	}
	if s, ok := m.ReadString(65530, 6); s != "abcdef" || !ok {
		t.Fatal(s)
	}
	if _, ok := m.Read(^uint64(0), 2); ok {
		t.Fatal("wrapped")
	}
	if err := m.Use(65530, 6, func(b []byte) error {
		if err := in.Close(); err != skerry.ErrBusy {
			t.Error(err)
		}
		copy(b, "ABC")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !m.Grow(1) || m.Size() != 131072 || m.Grow(1<<20) {
		t.Fatal(m.Size())
	}
	if s, _ := m.ReadString(65530, 6); s != "ABCdef" {
		t.Fatal(s)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Read(0, 1); ok || m.Size() != 0 {
		t.Fatal("read after Close")
	}
	if _, err := in.Func("trap"); err != skerry.ErrClosed {
		t.Fatal(err)
	}
}

const wasiModule = `(module
	(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
	(memory (export "memory") 1)
	(data (i32.const 64) "dir/note")
	(func $copy (param $from i32) (param $to i32)
	  (loop $more
	    (i32.store (i32.const 0) (i32.const 1024))
	    (i32.store (i32.const 4) (i32.const 512))
	    (if (call $read (local.get $from) (i32.const 0) (i32.const 1) (i32.const 8)) (then (call $exit (i32.const 9))))
	    (if (i32.load (i32.const 8))
	      (then
	        (i32.store (i32.const 4) (i32.load (i32.const 8)))
	        (if (call $write (local.get $to) (i32.const 0) (i32.const 1) (i32.const 8)) (then (call $exit (i32.const 8))))
	        (br $more)))))
	(func (export "_start")
	  (call $copy (i32.const 0) (i32.const 1))
	  (if (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 8) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16))
	    (then (call $exit (i32.const 7))))
	  (call $copy (i32.load (i32.const 16)) (i32.const 2))
	  (call $exit (i32.const 3))))`

func TestWASI(t *testing.T) {
	var out, errs bytes.Buffer
	host := tempDir(t)
	if err := os.MkdirAll(filepath.Join(host, "dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(host, "dir", "note"), []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mount := range []skerry.Mount{
		{Guest: "/", Host: host},
		{Guest: "/", FS: fstest.MapFS{"dir/note": {Data: []byte("from a file")}}},
	} {
		out.Reset()
		errs.Reset()
		in := instantiate(t, wasiModule, &skerry.Config{WASI: &skerry.WASI{
			Args: []string{"copy"}, Env: []string{"A=b"}, Mounts: []skerry.Mount{mount},
			Stdin: strings.NewReader(strings.Repeat("x", 2000)), Stdout: &out, Stderr: &errs}})
		var exit *skerry.ExitError
		if err := in.Run(ctx); !errors.As(err, &exit) || exit.Status != 3 {
			t.Fatal(err)
		}
		if out.String() != strings.Repeat("x", 2000) || errs.String() != "from a file" {
			t.Fatal(out.Len(), errs.String())
		}
	}
}

func TestLinks(t *testing.T) {
	rt := newRuntime(t)
	lib, err := rt.Compile(ctx, []byte(addModule))
	if err != nil {
		t.Fatal(err)
	}
	app, err := rt.Compile(ctx, []byte(`(module (import "lib" "add" (func $add (param i32 i32) (result i32)))
		(func (export "five") (result i32) (call $add (i32.const 2) (i32.const 3))))`))
	if err != nil {
		t.Fatal(err)
	}
	first, err := lib.Instantiate(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Instantiate(ctx, nil); name(err) != "UnknownImport" {
		t.Fatal(err)
	}
	second, err := app.Instantiate(ctx, &skerry.Config{Links: map[string]*skerry.Instance{"lib": first}})
	if err != nil {
		t.Fatal(err)
	}
	five, err := skerry.Func0[int32](second, "five")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := five(ctx); n != 5 || err != nil {
		t.Fatal(n, err)
	}
}

func TestInstancesThatWait(t *testing.T) {
	// Such an instance has no stack yet. All but calls works, and it can be closed.
	const wat = `(module (memory (export "memory") 1)
		(func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))`
	in := instantiate(t, wat, nil)
	memory, err := in.Memory()
	if err != nil || !memory.Write(16, []byte("abc")) {
		t.Fatal(err)
	}
	add, err := skerry.Func2[int32, int32, int32](in, "add")
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	if _, err := add(ended, 1, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for range 2 {
		if sum, err := add(context.Background(), 1, 2); sum != 3 || err != nil {
			t.Errorf("%d, %v", sum, err)
		}
	}
	if err := instantiate(t, wat, nil).Close(); err != nil {
		t.Error(err)
	}
	// The first call is where a stack that cannot be had is missed.
	huge := instantiate(t, wat, &skerry.Config{StackBytes: 1 << 60})
	if add, err = skerry.Func2[int32, int32, int32](huge, "add"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := add(context.Background(), 1, 2); name(err) != "OutOfMemory" {
			t.Errorf("%v", err)
		}
	}
}

func TestStartFunctions(t *testing.T) {
	const starts = `(module (import "host" "tell" (func $tell (param i32)))
		(func $start (call $tell (i32.const 7))) (start $start))`
	ctx := context.Background()
	rt := newRuntime(t)
	mod, err := rt.Compile(ctx, []byte(starts))
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	host := skerry.NewHostModule("host").Func("tell", skerry.HostProc1(func(_ *skerry.Caller, n int32) { told += int(n) }))
	for range 2 {
		in, err := mod.Instantiate(ctx, &skerry.Config{Hosts: []*skerry.HostModule{host}})
		if err != nil {
			t.Fatal(err)
		}
		in.Close()
	}
	if told != 14 {
		t.Errorf("told %d", told)
	}
	// What a host function makes, beside the instance that calls it.
	const caller = `(module (import "host" "make" (func $make)) (func (export "run") (call $make)))`
	plain, err := rt.Compile(ctx, []byte(`(module (func (export "f")))`))
	if err != nil {
		t.Fatal(err)
	}
	outer, err := rt.Compile(ctx, []byte(caller))
	if err != nil {
		t.Fatal(err)
	}
	var made []*skerry.Instance
	in, err := outer.Instantiate(ctx, &skerry.Config{Hosts: []*skerry.HostModule{skerry.NewHostModule("host").
		Func("make", skerry.HostProc0(func(c *skerry.Caller) {
			links := map[string]*skerry.Instance{"caller": c.Instance()}
			for _, m := range []*skerry.Module{plain, mod} {
				inner, err := m.Instantiate(ctx, &skerry.Config{Links: links, Hosts: []*skerry.HostModule{host}})
				if err != nil {
					c.Fail(err)
					return
				}
				made = append(made, inner)
			}
		}))}})
	if err != nil {
		t.Fatal(err)
	}
	if err := proc(t, in, "run")(ctx); err != nil || len(made) != 2 || told != 21 {
		t.Errorf("%v, made %d, told %d", err, len(made), told)
	}
	for _, each := range append(made, in) {
		if err := each.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestBatch(t *testing.T) {
	in := instantiate(t, addModule, nil)
	add, err := in.Func("add")
	if err != nil {
		t.Fatal(err)
	}
	slots := make([]uint64, 2000)
	for i := range slots {
		slots[i] = uint64(i)
	}
	if made, err := add.CallBatch(ctx, slots); made != 1000 || err != nil {
		t.Fatal(made, err)
	}
	for i := 0; i < len(slots); i += 2 {
		if got := skerry.DecodeI32(slots[i]); got != int32(2*i+1) {
			t.Fatal(i, got)
		}
	}
	load, err := loops(t, func(*skerry.Caller) {}).Func("load")
	if err != nil {
		t.Fatal(err)
	}
	if made, err := load.CallBatch(ctx, []uint64{0, 4, 1 << 31, 8}); made != 2 ||
		name(err) != "TrapMemoryOutOfBounds" {
		t.Fatal(made, err)
	}
}

func TestPoolAndGo(t *testing.T) {
	mod, err := newRuntime(t).Compile(ctx, []byte(addModule))
	if err != nil {
		t.Fatal(err)
	}
	pool, err := skerry.NewPool(mod, nil, 3)
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan int32)
	for g := range 50 {
		go pool.Do(ctx, func(in *skerry.Instance) error {
			add, err := in.Func("add")
			if err != nil {
				t.Error(err)
			}
			o := <-add.Go(ctx, uint64(g), 1)
			results <- skerry.DecodeI32(o.Results[0])
			return o.Err
		})
	}
	sum := int32(0)
	for range 50 {
		sum += <-results
	}
	if sum != 50*49/2+50 {
		t.Fatal(sum)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Get(ctx); err != skerry.ErrClosed {
		t.Fatal(err)
	}
}
