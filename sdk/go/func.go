package skerry

import (
	"context"
	"fmt"
	"math"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// Func is an exported func, for calls whose types are known only when the program runs, and for many
// calls at once. [Func2] and its like are quicker and checked by the compiler.
type Func struct {
	store  *store // noStore once the instance is closed
	handle uintptr
	start  uintptr // its way in
	name   string
	typ    string // by letters, as skerry.h has them
	slots  int
}

// Func finds an exported func.
func (in *Instance) Func(name string) (*Func, error) {
	if in.closed {
		return nil, ErrClosed
	}
	if f, ok := in.funcs[name]; ok {
		return f, nil
	}
	s, out := native.S(), new(uintptr)
	if err := takeError(native.Call(s.InstanceFunc, in.handle,
		uintptr(unsafe.Pointer(native.CString(name))), 0, uintptr(unsafe.Pointer(out)))); err != nil {
		return nil, err
	}
	f := &Func{store: in.store, handle: *out, start: native.Call(s.FuncStart, *out), name: name,
		typ:   native.String(native.Call(s.FuncType, *out)),
		slots: int(native.Call(s.FuncSlots, *out))}
	if in.funcs == nil {
		in.funcs = map[string]*Func{}
	}
	in.funcs[name] = f
	return f, nil
}

// typed finds a func of this type, which fits into a fiber's own slots.
func (in *Instance) typed(name, typ string) (*Func, error) {
	f, err := in.Func(name)
	if err != nil {
		return nil, err
	}
	if f.typ != typ {
		return nil, &Error{Name: "ArgumentMismatch", Message: fmt.Sprintf(
			"`%s` has the type %s, not %s", name, wordsOf(f.typ), wordsOf(typ))}
	}
	return f, nil
}

// Type is the func's type in words, such as "(i32, i64) -> f32".
func (f *Func) Type() string { return wordsOf(f.typ) }

// Slots is how many slots a call needs, for its arguments or its results, whichever are more.
func (f *Func) Slots() int { return f.slots }

// Call calls the func. Arguments are bits: of an i32 or f32 in the low half, of an f64 as they are
// ([EncodeF64] and its like); so are results. A v128 takes two.
func (f *Func) Call(ctx context.Context, args ...uint64) ([]uint64, error) {
	params, results := slotCounts(f.typ)
	if len(args) != params {
		return nil, &Error{Name: "ArgumentMismatch", Message: fmt.Sprintf(
			"`%s` takes %d slots of arguments, not %d", f.name, params, len(args))}
	}
	slots := make([]uint64, max(f.slots, 1))
	copy(slots, args)
	if err := f.CallSlots(ctx, slots); err != nil {
		return nil, err
	}
	return slots[:results], nil
}

// CallSlots is Call with arguments and results in place: there must be f.Slots() of them.
func (f *Func) CallSlots(ctx context.Context, slots []uint64) error {
	if len(slots) < f.slots {
		return f.tooFew(len(slots))
	}
	st := f.store
	return st.call(ctx, func() {
		fiber := st.runner.Fiber
		fiber.Func = f.handle
		if f.slots <= native.FiberSlots {
			copy(fiber.OwnSlots[:f.slots], slots)
			st.runner.Run(f.start)
			copy(slots, fiber.OwnSlots[:f.slots])
		} else {
			st.runner.RunWith(native.S().FiberCall, slots)
		}
	})
}

// CallBatch calls the func many times: slots holds f.Slots() for each call, one after another, and
// receives the results. It ends at the first call that fails, and answers how many were made.
func (f *Func) CallBatch(ctx context.Context, slots []uint64) (made int, err error) {
	if f.slots == 0 {
		return 0, &Error{Name: "ArgumentMismatch",
			Message: fmt.Sprintf("`%s` takes and answers nothing: a batch has no length", f.name)}
	}
	if len(slots)%f.slots != 0 {
		return 0, f.tooFew(len(slots) % f.slots)
	}
	count := len(slots) / f.slots
	if count == 0 {
		return 0, ctx.Err()
	}
	st := f.store
	err = st.call(ctx, func() {
		fiber := st.runner.Fiber
		fiber.Func, fiber.Count = f.handle, uint64(count)
		st.runner.RunWith(native.S().FiberCallMany, slots)
		made = count - int(fiber.Count)
	})
	return made, err
}

func (f *Func) tooFew(slots int) error {
	return &Error{Name: "ArgumentMismatch",
		Message: fmt.Sprintf("`%s` needs %d slots a call, not %d", f.name, f.slots, slots)}
}

// Run runs a program: its `_start`. A program that ends itself with status 0 has succeeded; another
// status is an *[ExitError].
func (in *Instance) Run(ctx context.Context) error {
	start, err := Proc0(in, "_start")
	if err != nil {
		return err
	}
	err = start(ctx)
	if exit, ok := err.(*ExitError); ok && exit.Status == 0 {
		return nil
	}
	return err
}

// SetFuel says how much the instance may execute from now on, in a runtime WithFuel; a call that
// uses it up fails with "TrapOutOfFuel".
func (in *Instance) SetFuel(fuel uint64) error {
	if in.closed {
		return ErrClosed
	}
	native.Call(native.S().StoreSetFuel, in.store.handle, uintptr(fuel))
	return nil
}

// Fuel is what is left of it.
func (in *Instance) Fuel() uint64 {
	if in.closed {
		return 0
	}
	return uint64(native.Call(native.S().StoreFuel, in.store.handle))
}

// EncodeI32 is an argument of [Func.Call]; so are the others.
func EncodeI32(v int32) uint64   { return uint64(uint32(v)) }
func EncodeF32(v float32) uint64 { return uint64(math.Float32bits(v)) }
func EncodeF64(v float64) uint64 { return math.Float64bits(v) }

// DecodeI32 reads a result of [Func.Call]; so do the others.
func DecodeI32(slot uint64) int32   { return int32(uint32(slot)) }
func DecodeF32(slot uint64) float32 { return math.Float32frombits(uint32(slot)) }
func DecodeF64(slot uint64) float64 { return math.Float64frombits(slot) }
