package skerry

import (
	"context"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// watch lets a context interrupt a store. It stays for the calls that come with the same context, so
// that those cost nothing.
type watch struct {
	ctx   context.Context
	stop  func() bool
	fired chan struct{} // closed when the interrupt has been raised
}

// goesOnWith: a call with this context is like the last one.
func (st *store) goesOnWith(ctx *context.Context) bool {
	given, last := (*[2]uintptr)(unsafe.Pointer(ctx)), (*[2]uintptr)(unsafe.Pointer(&st.ctx))
	return given[0] == last[0] && given[1] == last[1]
}

// startWatch makes ctx the context of the call that begins. The state is then idle.
func (st *store) startWatch(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Done() != nil && st.interrupt == 0 {
		if st.interrupt = native.Call(native.S().StoreInterruptNew, st.handle); st.interrupt == 0 {
			return &Error{Name: "OutOfMemory", Message: "out of memory"}
		}
	}
	if st.state == inHost {
		// The call outside keeps its own, which may end this one as well.
		st.outer = append(st.outer, st.watch)
		st.watch, st.state = nil, idle
	} else {
		if st.goesOnWith(&ctx) {
			return nil
		}
		st.stopWatch()
	}
	st.ctx = ctx
	if ctx.Done() == nil {
		return nil
	}
	handle := st.interrupt
	w := &watch{ctx: ctx, fired: make(chan struct{})}
	w.stop = context.AfterFunc(ctx, func() {
		native.Call(native.S().Interrupt, handle)
		close(w.fired)
	})
	st.watch = w
	return nil
}

// stopWatch makes what comes next independent of the context: an interrupt that nothing has answered
// is taken back.
func (st *store) stopWatch() {
	w := st.watch
	st.ctx, st.watch = nil, nil
	if w == nil || w.stop() {
		return
	}
	<-w.fired
	native.Call(native.S().StoreClearInterrupt, st.handle)
}

// endInner goes back to the context of the call outside.
func (st *store) endInner() {
	st.stopWatch()
	last := len(st.outer) - 1
	st.watch = st.outer[last]
	st.outer = st.outer[:last]
	if st.watch != nil {
		st.ctx = st.watch.ctx
	}
}
