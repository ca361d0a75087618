package skerry

import (
	"fmt"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// HostModule is a set of Go functions that modules may import, under one module name.
//
//	env := skerry.NewHostModule("env").
//		Func("add", skerry.Host2(func(_ *skerry.Caller, a, b int32) int32 { return a + b }))
//
// It may be given to many instances; the functions then may run on many goroutines at once.
type HostModule struct {
	name  string
	funcs []hostFunc
}

type hostFunc struct {
	name string
	HostFunc
}

// HostFunc is a Go function that a guest can call: made by [Host2] and its like, or by [HostSlots].
type HostFunc struct {
	typ  string
	call func(c *Caller, slots unsafe.Pointer)
}

// NewHostModule makes a module without functions.
func NewHostModule(name string) *HostModule { return &HostModule{name: name} }

// Func adds a function, and answers the module. A later one of the same name takes the place of the
// earlier.
func (h *HostModule) Func(name string, f HostFunc) *HostModule {
	h.funcs = append(h.funcs, hostFunc{name, f})
	return h
}

// HostSlots makes a host function of any type: typ is by letters, as "iI:f" for (i32, i64) -> f32,
// with i, I, f, F, and v for v128. slots holds the arguments and takes the results, as in
// [Func.Call]; it must not be kept.
func HostSlots(typ string, fn func(c *Caller, slots []uint64)) HostFunc {
	params, results := slotCounts(typ)
	count := max(params, results)
	return HostFunc{typ: typ, call: func(c *Caller, first unsafe.Pointer) {
		fn(c, unsafe.Slice((*uint64)(first), count))
	}}
}

// Caller is the guest that calls a host function. It must not be kept.
type Caller struct {
	store *store
	id    uintptr
	busy  bool
	err   error
}

// Instance is the instance that calls. It may be called in turn. While it is being instantiated, by
// its start function, there is none yet: nil.
func (c *Caller) Instance() *Instance { return c.store.callers[c.id] }

// Memory is the calling instance's. nil if it has none, or is still being instantiated.
func (c *Caller) Memory() *Memory {
	in := c.Instance()
	if in == nil {
		return nil
	}
	m, err := in.Memory()
	if err != nil {
		return nil
	}
	return m
}

// Fail lets the host function fail: when it returns, its result is dropped, the guest is left, and
// the call that Go made returns an *[Error] that wraps err.
func (c *Caller) Fail(err error) { c.err = err }

// define gives a linker the functions.
func (st *store) define(linker uintptr, host *HostModule) error {
	s := native.S()
	module := native.CString(host.name)
	for _, f := range host.funcs {
		if err := takeError(native.Call(s.LinkerDefineFiberFunc, linker,
			uintptr(unsafe.Pointer(module)), uintptr(unsafe.Pointer(native.CString(f.name))),
			uintptr(unsafe.Pointer(native.CString(f.typ))), uintptr(len(st.hosts)))); err != nil {
			return err
		}
		st.hosts = append(st.hosts, f)
	}
	return nil
}

// AddFunc puts a Go function at the end of a table of funcs that the instance exports, for as long
// as the instance lives. The guest calls it by the index: in a module made of C, that is a pointer to
// a function, and the table is "__indirect_function_table", if it was linked with --export-table and
// --growable-table.
//
// The guest may call it at any time, also after it should not, and with any arguments.
func (in *Instance) AddFunc(table string, f HostFunc) (index uint32, err error) {
	if in.closed {
		return 0, ErrClosed
	}
	st := in.store
	if !st.isFree() && st.state != inHost {
		return 0, ErrBusy // the table would move from under what runs
	}
	index64 := new(uint64)
	if err := takeError(native.Call(native.S().InstanceAddFiberFunc, in.handle,
		uintptr(unsafe.Pointer(native.CString(table))), uintptr(unsafe.Pointer(native.CString(f.typ))),
		uintptr(len(st.hosts)), uintptr(unsafe.Pointer(index64)))); err != nil {
		return 0, err
	}
	st.hosts = append(st.hosts, hostFunc{HostFunc: f})
	return uint32(*index64), nil
}

// hostPanic is what a host function panicked with. The guest is left first, then the panic goes on,
// in whoever called the guest.
type hostPanic struct{ value any }

// HostCall is called by the runner, on the goroutine that called the guest. It makes no garbage, but
// for a host function that runs within another.
func (st *store) HostCall(f *native.Fiber) {
	c := &st.caller
	if c.busy {
		c = &Caller{store: st}
	}
	c.busy, c.id = true, f.Caller
	st.state = inHost
	returned := false
	defer func() {
		if !returned {
			st.hostEnded(f, c, recover())
		}
	}()
	st.hosts[f.HostFunction].call(c, f.HostSlots)
	returned = true
	st.state = running
	if c.err != nil {
		st.hostFailed(f, c)
	}
	c.busy = false
}

func (st *store) hostFailed(f *native.Fiber, c *Caller) {
	st.hostError = c.err
	f.Error = newFailure(c.err.Error())
	c.err = nil
}

// hostEnded leaves the guest of a host function that panicked, or ended its goroutine.
func (st *store) hostEnded(f *native.Fiber, c *Caller, panicked any) {
	st.state = running
	c.busy, c.err = false, nil
	f.Error = newFailure("a host function panicked")
	if panicked != nil {
		st.hostPanic = &hostPanic{panicked}
		f.Error = newFailure(fmt.Sprintf("a host function panicked: %v", panicked))
		return
	}
	// runtime.Goexit: nobody will go on with the guest but us.
	st.runner.Resume()
	takeError(f.Error)
	f.Error = 0
	st.hostError, st.hostPanic = nil, nil
	st.state = idle
}
