package skerry

import (
	"context"
	"sync"
	"sync/atomic"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// Tier says how machine code is made.
type Tier uint32

const (
	// TierAuto compiles at once and cheaply, and what is hot again by LLVM, in the background, if
	// libskerry-llvm lies beside the library.
	TierAuto Tier = iota
	// TierBaseline leaves it at the first.
	TierBaseline
	// TierLLVM compiles everything by LLVM before it runs.
	TierLLVM
)

// Option changes what New makes.
type Option func(*options)

type options struct {
	library string
	engine  engineOptions
}

// engineOptions is skerry_engine_options_t.
type engineOptions struct {
	size     uintptr
	tier     uint32
	hasFuel  uint32
	hasCache uint32
	_        uint32
}

// WithLibrary names the shared library to load, instead of looking for it.
func WithLibrary(path string) Option { return func(o *options) { o.library = path } }

// WithTier chooses how machine code is made. The default is TierAuto.
func WithTier(tier Tier) Option { return func(o *options) { o.engine.tier = uint32(tier) } }

// WithFuel makes guests count what they execute, so that [Instance.SetFuel] can limit it; they
// run slower for it.
func WithFuel() Option { return func(o *options) { o.engine.hasFuel = 1 } }

// WithCache keeps machine code in the user's code cache, so that a later start finds it there.
func WithCache() Option { return func(o *options) { o.engine.hasCache = 1 } }

// Runtime is an engine: it compiles modules and owns what is made of them. It may be used by any
// goroutine.
type Runtime struct {
	engine uintptr

	mutex  sync.Mutex
	closed bool
	parts  map[closer]struct{}
}

type closer interface{ Close() error }

// New makes a runtime. The first one loads the library, which stays loaded.
func New(opts ...Option) (*Runtime, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	path, err := libraryPath(o.library)
	if err != nil {
		return nil, err
	}
	if err := native.Load(path); err != nil {
		return nil, err
	}
	given, engine := new(engineOptions), new(uintptr)
	*given = o.engine
	given.size = unsafe.Sizeof(*given)
	if err := takeError(native.Call(native.S().EngineNew, uintptr(unsafe.Pointer(given)),
		uintptr(unsafe.Pointer(engine)))); err != nil {
		return nil, err
	}
	rt := &Runtime{engine: *engine, parts: map[closer]struct{}{}}
	watchForLeak(rt, "Runtime")
	return rt, nil
}

// Close closes all modules and instances of the runtime as well. None may be running.
func (rt *Runtime) Close() error {
	rt.mutex.Lock()
	if rt.closed {
		rt.mutex.Unlock()
		return nil
	}
	rt.closed = true
	parts := rt.parts
	rt.parts = nil
	rt.mutex.Unlock()
	var failed error
	for part := range parts {
		if err := part.Close(); err != nil {
			failed = err
		}
	}
	if failed != nil {
		return failed
	}
	native.Call(native.S().EngineDelete, rt.engine)
	noLeak(rt)
	return nil
}

// keep answers false if the runtime is closed.
func (rt *Runtime) keep(part closer) bool {
	rt.mutex.Lock()
	defer rt.mutex.Unlock()
	if rt.closed {
		return false
	}
	rt.parts[part] = struct{}{}
	return true
}

func (rt *Runtime) forget(part closer) {
	rt.mutex.Lock()
	delete(rt.parts, part)
	rt.mutex.Unlock()
}

// Module is code that was checked, ready to be instantiated. It may be used by any goroutine.
type Module struct {
	rt     *Runtime
	handle uintptr
	name   string
	// Instantiating it runs Wasm.
	hasStart bool

	mutex  sync.Mutex
	closed bool
	users  int // instances being made

	lacksInitialize atomic.Bool // an instance was asked for `_initialize` in vain
}

// Compile takes a module in the binary or the text format. Machine code that it carries is used if
// this user made it. Errors name the module "module"; see CompileNamed.
func (rt *Runtime) Compile(ctx context.Context, wasm []byte) (*Module, error) {
	return rt.CompileNamed(ctx, "module", wasm)
}

// CompileNamed is Compile with a name for errors and backtraces, such as the module's file.
func (rt *Runtime) CompileNamed(ctx context.Context, name string, wasm []byte) (*Module, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(wasm) == 0 {
		wasm = []byte{0}[:0:1]
	}
	handle := new(uintptr)
	m := &Module{rt: rt, name: name}
	if !rt.keep(m) {
		return nil, ErrClosed
	}
	err := takeError(native.Call(native.S().ModuleNew, rt.engine,
		uintptr(unsafe.Pointer(native.CString(name))), uintptr(unsafe.Pointer(unsafe.SliceData(wasm))),
		uintptr(len(wasm)), uintptr(unsafe.Pointer(handle))))
	if err != nil {
		rt.forget(m)
		return nil, err
	}
	m.handle = *handle
	m.hasStart = native.Call(native.S().ModuleHasStart, m.handle)&0xff != 0
	watchForLeak(m, "Module "+name)
	return m, nil
}

// Close gives the module back. Instances of it stay as they are.
func (m *Module) Close() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.closed {
		return nil
	}
	if m.users != 0 {
		return ErrBusy
	}
	m.closed = true
	m.rt.forget(m)
	native.Call(native.S().ModuleDelete, m.handle)
	noLeak(m)
	return nil
}

// use keeps the module open until done is called; false: it is closed.
func (m *Module) use() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.closed {
		return false
	}
	m.users++
	return true
}

func (m *Module) done() {
	m.mutex.Lock()
	m.users--
	m.mutex.Unlock()
}
