package native

import (
	"runtime"
	"unsafe"
)

// FiberSlots is how many slots a fiber has of its own (SKERRY_FIBER_SLOTS).
const FiberSlots = 64

// Fiber is skerry_fiber_t of skerry.h: memory of the library's, never on the Go heap. One goroutine
// at a time uses it.
type Fiber struct {
	forSwitches         [3]uintptr
	Body                uintptr
	stackLow, stackHigh uintptr
	ofTheThread         [4]uint64
	isBlocking          uint64
	Func                uintptr
	Slots               unsafe.Pointer
	Count               uint64
	Linker              uintptr
	Module              uintptr
	Instance            uintptr
	Error               uintptr
	HostFunction        uint64
	HostSlots           unsafe.Pointer
	Caller              uintptr
	OwnSlots            [FiberSlots]uint64
	keepsThread         uint64
}

// The states a fiber is left in (skerry_fiber_state_t).
const (
	stateDone = iota
	stateHost
	statePause
	stateBlock
	stateUnblock
)

// Host does what a guest asks of Go.
type Host interface {
	// HostCall runs the host function f.HostFunction; what it fails with goes into f.Error. It may
	// start further calls on the fiber.
	HostCall(f *Fiber)
}

// Runner runs a store's calls on its fiber.
type Runner struct {
	Fiber *Fiber
	Host  Host

	// So many functions that may wait are in progress: while there are any, the goroutine holds no
	// processor of Go's scheduler when it goes on.
	waits int
}

// NewRunner takes a new fiber.
func NewRunner(fiber uintptr, host Host) Runner {
	r := Runner{Fiber: (*Fiber)(Pointer(fiber)), Host: host}
	r.prepare()
	preparePausesOf(r.Fiber)
	return r
}

// prepare makes the fiber ready for Run.
func (r *Runner) prepare() {
	r.Fiber.Body = theLibrary.FiberCall
	r.Fiber.Slots = unsafe.Pointer(&r.Fiber.OwnSlots)
}

// Run calls Fiber.Func, whose skerry_func_start is start, with Fiber.OwnSlots, and returns when that is done. The goroutine keeps its
// place in the scheduler as in a call of a Go function: it can be preempted, and lets go while the
// guest waits.
func (r *Runner) Run(start uintptr) {
	run(start, r)
}

// RunWith is Run with another body and slots elsewhere. There is at least one.
func (r *Runner) RunWith(body uintptr, slots []uint64) {
	var pin runtime.Pinner
	pin.Pin(&slots[0])
	r.Fiber.Body, r.Fiber.Slots = body, unsafe.Pointer(&slots[0])
	defer func() {
		r.prepare()
		pin.Unpin()
	}()
	run(theLibrary.start, r)
}

// Resume goes on with a fiber that was left for a host function, from within HostCall, where HostCall
// will not return. It returns when the body is done.
func (r *Runner) Resume() {
	run(theLibrary.resume, r)
}

// RunBlocking is for bodies that take their time: the goroutine lets go of its place right away.
func (r *Runner) RunBlocking(body uintptr) {
	f := r.Fiber
	f.Body = body
	defer r.prepare()
	// A native library's function may be left in the middle, and is the thread's.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	outer := f.isBlocking
	f.isBlocking = 1
	for state := callBlocking(theLibrary.startFromC, f); state != stateDone; {
		if state == stateHost {
			r.Host.HostCall(f)
		}
		// A host function may have started a call of the other kind, which has set it back.
		f.isBlocking = 1
		state = callBlocking(theLibrary.resumeFromC, f)
	}
	f.isBlocking = outer
}

// run is assembly: it switches to the fiber's stack, and calls left each time the fiber is left.
// It takes little of the stack, so that it need not look whether there is enough.
func run(start uintptr, r *Runner)

// left does what the fiber was left for. It answers how to go on: the address of resume, or 0 if
// the body is done. That it has a prologue makes it a safe point, which is all a pause needs.
//
//lint:ignore U1000 run calls it
func left(r *Runner, state uint32) uintptr {
	f := r.Fiber
	for {
		switch state {
		case stateHost:
			outer, waits := f.isBlocking, r.waits
			f.isBlocking, r.waits = 0, 0
			r.Host.HostCall(f)
			f.isBlocking, r.waits = outer, waits
		case stateBlock:
			r.waits++
			if f.keepsThread != 0 {
				runtime.LockOSThread()
			}
		case stateUnblock:
			r.waits--
			if f.keepsThread != 0 {
				runtime.UnlockOSThread()
			}
		}
		if r.waits == 0 {
			return theLibrary.resume
		}
		if state = callBlocking(theLibrary.resumeFromC, f); state == stateDone {
			r.waits = 0
			return 0
		}
	}
}
