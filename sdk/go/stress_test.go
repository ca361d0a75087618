package skerry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"skerry.dev/skerry"
)

// How many rounds the stress tests make: enough to meet every kind of interference; the soak of a
// release sets SKERRY_STRESS_CALLS=100000000.
func stressCalls() int64 {
	if n, err := strconv.ParseInt(os.Getenv("SKERRY_STRESS_CALLS"), 10, 64); err == nil {
		return n
	}
	return 200_000
}

const mixModule = `(module
	(import "env" "f" (func $f (param i32) (result i32)))
	(memory (export "memory") 1 4)
	(func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
	(func (export "host") (param i32) (result i32)
	  (i32.add (call $f (local.get 0)) (call $f (i32.add (local.get 0) (i32.const 1)))))
	(func (export "trap") (param i32) (result i32) (i32.load (i32.mul (local.get 0) (i32.const -65536))))
	(func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
	(func (export "spin") (param i32) (result i32) (local i32)
	  (loop $l (local.set 1 (i32.add (local.get 1) (local.get 0)))
	    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
	  (local.get 1))
	(func (export "forever") (loop $l (br $l))))`

//go:noinline
func deepInGo(n int) int {
	var pad [128]byte
	pad[n%128] = byte(n)
	if n == 0 {
		return int(pad[0])
	}
	return deepInGo(n-1) + int(pad[(n+1)%128])
}

// mixed makes one call of a kind that chance chooses, and checks what comes back.
type mixed struct {
	add, divide      func(context.Context, int32, int32) (int32, error)
	host, trap, spin func(context.Context, int32) (int32, error)
	rng              *rand.Rand
	inHost           func(n int32)
}

func newMixed(rt *skerry.Runtime, mod *skerry.Module, seed uint64) (*mixed, *skerry.Instance, error) {
	m := &mixed{rng: rand.New(rand.NewPCG(seed, 1))}
	env := skerry.NewHostModule("env").Func("f", skerry.Host1(func(c *skerry.Caller, n int32) int32 {
		if m.inHost != nil {
			m.inHost(n)
		}
		return 2 * n
	}))
	in, err := mod.Instantiate(ctx, &skerry.Config{Hosts: []*skerry.HostModule{env}})
	if err != nil {
		return nil, nil, err
	}
	var errs [5]error
	m.add, errs[0] = skerry.Func2[int32, int32, int32](in, "add")
	m.divide, errs[1] = skerry.Func2[int32, int32, int32](in, "divide")
	m.host, errs[2] = skerry.Func1[int32, int32](in, "host")
	m.trap, errs[3] = skerry.Func1[int32, int32](in, "trap")
	m.spin, errs[4] = skerry.Func1[int32, int32](in, "spin")
	return m, in, errors.Join(errs[:]...)
}

func (m *mixed) call() error {
	a, b := m.rng.Int32(), m.rng.Int32()
	wrong := func(got int32, err error) error { return fmt.Errorf("%d, %d gave %d, %v", a, b, got, err) }
	switch kind := m.rng.IntN(100); {
	case kind < 60:
		if got, err := m.add(ctx, a, b); got != a+b || err != nil {
			return wrong(got, err)
		}
	case kind < 85:
		if got, err := m.host(ctx, a); got != 2*a+2*(a+1) || err != nil {
			return wrong(got, err)
		}
	case kind < 90:
		if got, err := m.trap(ctx, 1+a&3); name(err) != "TrapMemoryOutOfBounds" {
			return wrong(got, err)
		}
	case kind < 92:
		if got, err := m.divide(ctx, a, 0); name(err) != "TrapIntegerDivideByZero" {
			return wrong(got, err)
		}
	case kind < 94:
		m.inHost = func(n int32) { deepInGo(int(n&1023) + 100) } // the goroutine's stack grows
		got, err := m.host(ctx, a)
		m.inHost = nil
		if got != 2*a+2*(a+1) || err != nil {
			return wrong(got, err)
		}
	case kind < 96:
		m.inHost = func(int32) { runtime.Gosched() } // another thread goes on with it
		got, err := m.host(ctx, a)
		m.inHost = nil
		if got != 2*a+2*(a+1) || err != nil {
			return wrong(got, err)
		}
	case kind < 97:
		m.inHost = func(int32) {
			var p *int
			*p = 0
		}
		defer func() { m.inHost = nil }()
		if r := func() (r any) {
			defer func() { r = recover() }()
			m.host(ctx, a)
			return nil
		}(); r == nil {
			return errors.New("a panic is lost")
		}
	default:
		n := 1 + a&1023
		if got, err := m.spin(ctx, n); got != n*(n+1)/2 || err != nil {
			return wrong(got, err)
		}
	}
	return nil
}

// TestStress: guests on many goroutines, while the collector runs, stacks grow and shrink, threads
// are profiled, traced and preempted, and the world stops.
func TestStress(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	if err := pprof.StartCPUProfile(io.Discard); err == nil {
		defer pprof.StopCPUProfile()
	}
	if err := trace.Start(io.Discard); err == nil {
		defer trace.Stop()
	}
	rt := newRuntime(t)
	mod, err := rt.Compile(ctx, []byte(mixModule))
	if err != nil {
		t.Fatal(err)
	}
	const goroutines = 8
	var calls atomic.Int64
	var work, noise sync.WaitGroup
	stop := make(chan struct{})
	noise.Add(2)
	go func() {
		defer noise.Done()
		var keep [64][]byte
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				keep[i%64] = make([]byte, 10_000)
				if i%200 == 0 {
					runtime.GC()
				}
			}
		}
	}()
	go func() {
		defer noise.Done()
		var stats runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				runtime.ReadMemStats(&stats) // stops the world
			}
		}
	}()
	for g := range goroutines {
		m, _, err := newMixed(rt, mod, uint64(g))
		if err != nil {
			t.Fatal(err)
		}
		work.Add(1)
		go func() {
			defer work.Done()
			for calls.Add(1) <= stressCalls() {
				if err := m.call(); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	work.Wait()
	close(stop)
	noise.Wait()
}

// TestThousandsOfGoroutines: each with an instance of its own.
func TestThousandsOfGoroutines(t *testing.T) {
	rt := newRuntime(t)
	mod, err := rt.Compile(ctx, []byte(mixModule))
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	for g := range 2000 {
		work.Add(1)
		go func() {
			defer work.Done()
			m, in, err := newMixed(rt, mod, uint64(g))
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				if err := m.call(); err != nil {
					t.Error(err)
					break
				}
			}
			if err := in.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	work.Wait()
}

// TestStopTheWorldDoesNotWait: with an endless loop in a guest the world still stops, again and
// again. How quickly is measured by BenchmarkStopTheWorld.
func TestStopTheWorldDoesNotWait(t *testing.T) {
	stopTheWorld(t, 20)
}

func stopTheWorld(t testing.TB, rounds int) []time.Duration {
	rt := newRuntime(t)
	mod, err := rt.Compile(ctx, []byte(mixModule))
	if err != nil {
		t.Fatal(err)
	}
	_, in, err := newMixed(rt, mod, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, cancel := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- proc(t, in, "forever")(c) }()
	var times []time.Duration
	var stats runtime.MemStats
	for range rounds {
		time.Sleep(time.Millisecond)
		start := time.Now()
		runtime.ReadMemStats(&stats)
		times = append(times, time.Since(start))
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return times
}

func BenchmarkStopTheWorld(b *testing.B) {
	times := stopTheWorld(b, max(b.N, 100))
	slices.Sort(times)
	var sum time.Duration
	for _, d := range times {
		sum += d
	}
	b.ReportMetric(float64(sum.Microseconds())/float64(len(times)), "mean-us")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-us")
}

func BenchmarkCancel(b *testing.B) {
	in := loops(b, func(*skerry.Caller) {})
	forever := proc(b, in, "forever")
	var sum time.Duration
	for range b.N {
		c, cancel := context.WithCancel(ctx)
		var at time.Time
		time.AfterFunc(time.Millisecond, func() { at = time.Now(); cancel() })
		forever(c)
		sum += time.Since(at)
	}
	b.ReportMetric(float64(sum.Microseconds())/float64(b.N), "mean-us")
}

func TestBlockingCallsLetOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	// Waits for a clock for 50 ms.
	in := instantiate(t, `(module
		(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
		(memory (export "memory") 1)
		(func (export "sleep")
		  (i64.store (i32.const 24) (i64.const 50000000))
		  (i32.store (i32.const 16) (i32.const 1))
		  (if (call $poll (i32.const 0) (i32.const 128) (i32.const 1) (i32.const 256)) (then (unreachable)))))`,
		&skerry.Config{WASI: &skerry.WASI{}})
	sleep := proc(t, in, "sleep")
	done := make(chan error)
	go func() { done <- sleep(ctx) }()
	runtime.Gosched()
	rounds := 0
	for {
		select {
		case err := <-done:
			if err != nil || rounds < 1000 {
				t.Fatal(rounds, err)
			}
			return
		default:
			rounds++
			runtime.Gosched()
		}
	}
}

func BenchmarkInstances(b *testing.B) {
	rt := newRuntime(b)
	mod, err := rt.Compile(ctx, []byte(mixModule))
	if err != nil {
		b.Fatal(err)
	}
	before := residentBytes()
	b.ResetTimer()
	for i := range b.N {
		m, _, err := newMixed(rt, mod, uint64(i))
		if err != nil {
			b.Fatal(err)
		}
		m.add(ctx, 1, 2)
	}
	b.StopTimer()
	b.ReportMetric(float64(residentBytes()-before)/float64(b.N)/1024, "KiB/instance")
}

func residentBytes() int64 {
	var total, resident int64
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fmt.Sscan(string(text), &total, &resident)
	return resident * int64(os.Getpagesize())
}

func collect() {
	runtime.GC()
	time.Sleep(time.Millisecond) // finalizers run on a goroutine of their own
}
