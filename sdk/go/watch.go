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

// same compares contexts by their words.
func same(a, b context.Context) bool {
	return *(*[2]uintptr)(unsafe.Pointer(&a)) == *(*[2]uintptr)(unsafe.Pointer(&b))
}

// startWatch makes ctx the context of the call that begins.
func (st *store) startWatch(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if st.state == inHost {
		// The call outside keeps its own, which may end this one as well.
		st.outer = append(st.outer, st.watch)
		st.watch = nil
	} else {
		if same(ctx, st.ctx) {
			return nil
		}
		st.stopWatch()
	}
	st.ctx = ctx
	if ctx.Done() == nil {
		return nil
	}
	s := native.S()
	if st.interrupt == 0 {
		if st.interrupt = native.Call(s.StoreInterruptNew, st.handle); st.interrupt == 0 {
			return &Error{Name: "OutOfMemory", Message: "out of memory"}
		}
	}
	handle := st.interrupt
	w := &watch{ctx: ctx, fired: make(chan struct{})}
	w.stop = context.AfterFunc(ctx, func() {
		native.Call(s.Interrupt, handle)
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
