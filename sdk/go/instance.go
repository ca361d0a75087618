package skerry

import (
	"context"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// store is what instances that are linked with each other share: the engine's store, its fiber, and
// who runs there.
type store struct {
	rt        *Runtime
	handle    uintptr
	runner    native.Runner
	interrupt uintptr
	instances int
	cleanups  []func() error

	// What is running there. Plain on purpose: two goroutines that use one instance are a data race
	// of the program's, which the race detector then reports.
	state storeState

	// The context of the running call, or of the last: what interrupts it.
	ctx   context.Context
	watch *watch   // nil: it cannot be cancelled
	outer []*watch // of the calls outside, whose host functions run

	caller  Caller // of the outermost host function that runs
	pins    int    // uses of its memories
	hosts   []hostFunc
	callers map[uintptr]*Instance // by what the fiber knows them by
	// What a host function left behind while the guest is unwound.
	hostError error
	hostPanic *hostPanic
}

type storeState uint8

const (
	idle storeState = iota
	running
	inHost // a host function runs: it may call
	closedStore
	// Idle, and nothing has run there yet, so that there is no fiber: instances that only wait for
	// their first call have no stack.
	stackless
)

// noStore is what funcs of closed instances belong to.
var noStore = &store{state: closedStore}

// Instance is a module with memories of its own. One goroutine at a time uses it.
type Instance struct {
	store  *store
	handle uintptr
	name   string
	memory *Memory
	funcs  map[string]*Func
	closed bool
}

// Instantiate makes an instance of the module. config may be nil. The module's start function runs,
// and its `_initialize` if it has one; `_start` is for [Instance.Run].
func (m *Module) Instantiate(ctx context.Context, config *Config) (*Instance, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if config == nil {
		config = &Config{}
	}
	if !m.use() {
		return nil, ErrClosed
	}
	defer m.done()
	st, err := config.storeFor(m.rt)
	if err != nil {
		return nil, err
	}
	in := &Instance{store: st, name: m.name}
	if !m.rt.keep(in) {
		st.release()
		return nil, ErrClosed
	}
	if err := in.instantiate(ctx, m, config); err != nil {
		m.rt.forget(in)
		st.release()
		return nil, err
	}
	watchForLeak(in, "Instance of "+m.name)
	if !config.NoInitialize && !m.lacksInitialize.Load() {
		if initialize, err := in.Func("_initialize"); err != nil {
			m.lacksInitialize.Store(true)
		} else if _, err := initialize.Call(ctx); err != nil {
			in.Close()
			return nil, err
		}
	}
	return in, nil
}

// storeFor answers the store of the linked instances, or a new one; held once more.
func (c *Config) storeFor(rt *Runtime) (*store, error) {
	var shared *store
	for _, link := range c.Links {
		if link.closed {
			return nil, ErrClosed
		}
		if shared != nil && shared != link.store {
			return nil, &Error{Name: "ArgumentMismatch",
				Message: "the linked instances are not linked with each other: they have different stores"}
		}
		shared = link.store
	}
	if shared != nil {
		shared.instances++
		return shared, nil
	}
	s := native.S()
	given, out := new(storeOptions), new(uintptr)
	*given = storeOptions{size: unsafe.Sizeof(*given), memoryBytes: c.MemoryBytes,
		wasmStackBytes: c.StackBytes}
	if err := takeError(native.Call(s.StoreNew, rt.engine, uintptr(unsafe.Pointer(given)),
		uintptr(unsafe.Pointer(out)))); err != nil {
		return nil, err
	}
	st := &store{rt: rt, handle: *out, state: stackless, instances: 1,
		callers: map[uintptr]*Instance{}}
	st.caller.store = st
	if c.Fuel != 0 {
		native.Call(s.StoreSetFuel, st.handle, uintptr(c.Fuel))
	}
	return st, nil
}

// makeFiber makes a stackless store idle.
func (st *store) makeFiber() error {
	out := new(uintptr)
	if err := takeError(native.Call(native.S().FiberNew, st.handle,
		uintptr(unsafe.Pointer(out)))); err != nil {
		return err
	}
	st.runner = native.NewRunner(*out, st)
	st.state = idle
	return nil
}

func (in *Instance) instantiate(ctx context.Context, m *Module, config *Config) (err error) {
	s, st := native.S(), in.store
	linker := native.Call(s.LinkerNew, st.handle)
	if linker == 0 {
		return &Error{Name: "OutOfMemory", Message: "out of memory"}
	}
	defer native.Call(s.LinkerDelete, linker)
	for _, host := range config.Hosts {
		if err := st.define(linker, host); err != nil {
			return err
		}
	}
	for name, link := range config.Links {
		if err := takeError(native.Call(s.LinkerDefineInstance, linker,
			uintptr(unsafe.Pointer(native.CString(name))), link.handle)); err != nil {
			return err
		}
	}
	if config.WASI != nil {
		cleanup, err := config.WASI.define(st, linker, config.Policy)
		if err != nil {
			return err
		}
		st.cleanups = append(st.cleanups, cleanup)
	}
	if err := config.defineLibraries(linker); err != nil {
		return err
	}
	if m.hasStart || !st.isFree() {
		err = st.call(ctx, func() {
			f := st.runner.Fiber
			f.Linker, f.Module = linker, m.handle
			st.runner.RunBlocking(s.FiberInstantiate)
			in.handle = f.Instance
		})
	} else {
		// No Wasm runs, so it needs no stack for that.
		out := new(uintptr)
		err = takeError(native.Call(s.LinkerInstantiate, linker, m.handle,
			uintptr(unsafe.Pointer(out))))
		in.handle = *out
	}
	if err != nil {
		return err
	}
	st.callers[native.Call(s.InstanceID, in.handle)] = in
	return nil
}

// Close gives the instance back: its memory cannot be read any more. Not while it runs.
func (in *Instance) Close() error {
	if in.closed {
		return nil
	}
	if !in.store.isFree() || in.store.pins != 0 {
		return ErrBusy
	}
	in.closed = true
	s := native.S()
	for _, f := range in.funcs {
		f.store = noStore
		native.Call(s.FuncDelete, f.handle)
	}
	if in.memory != nil {
		native.Call(s.MemoryDelete, in.memory.handle)
	}
	native.Call(s.InstanceDelete, in.handle)
	in.store.rt.forget(in)
	noLeak(in)
	return in.store.release()
}

// release lets go of the store, which goes with its last instance: what linked instances import
// from each other stays as long as one of them.
func (st *store) release() error {
	if st.instances--; st.instances > 0 {
		return nil
	}
	s := native.S()
	st.state = closedStore
	st.stopWatch()
	if st.interrupt != 0 {
		native.Call(s.InterruptDelete, st.interrupt)
	}
	native.Call(s.FiberDelete, fiberAddress(st.runner.Fiber))
	native.Call(s.StoreDelete, st.handle)
	var failed error
	for _, cleanup := range st.cleanups {
		if err := cleanup(); err != nil {
			failed = err
		}
	}
	return failed
}

// isFree: nothing runs there.
func (st *store) isFree() bool { return st.state == idle || st.state == stackless }

func fiberAddress(f *native.Fiber) uintptr { return uintptr(unsafe.Pointer(f)) }

// call runs something on the fiber. Typed calls do the same in place, in an order that compiles to
// less: begin comes before a second try.
func (st *store) call(ctx context.Context, body func()) error {
	if err := st.begin(ctx); err != nil {
		return err
	}
	st.state = running
	body()
	st.state = idle
	return st.end()
}

// begin makes the store ready for a call with this context, which may come from a host function: the
// state is idle, and the call goesOnWith the context.
//
// Not inlined: typed calls stay short.
//
//go:noinline
func (st *store) begin(ctx context.Context) error {
	switch st.state {
	case idle, inHost:
		return st.startWatch(ctx)
	case stackless:
		if err := st.makeFiber(); err != nil {
			return err
		}
		return st.startWatch(ctx)
	case closedStore:
		return ErrClosed
	default:
		return ErrBusy
	}
}

// end ends a call that failed, or that came from a host function: with what it failed with. The state
// is idle.
func (st *store) end() error {
	f := st.runner.Fiber
	failed := f.Error
	f.Error = 0
	hostError, panicked := st.hostError, st.hostPanic
	st.hostError, st.hostPanic = nil, nil
	err := takeError(failed)
	if failure, ok := err.(*Error); ok {
		failure.cause = hostError
		if failure.Name == "TrapInterrupted" && st.ctx != nil && st.ctx.Err() != nil {
			failure.cause = context.Cause(st.ctx)
			st.stopWatch() // the request was meant for this call
		}
	}
	if len(st.outer) != 0 {
		st.state = inHost
		st.endInner()
	}
	if panicked != nil {
		panic(panicked.value)
	}
	return err
}
