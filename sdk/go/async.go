package skerry

import "context"

// Outcome is what a call on another goroutine ended with.
type Outcome struct {
	Results []uint64
	Err     error
}

// Go calls the func on a goroutine of its own, and answers a channel that receives the outcome once.
// The instance must not be used until then. A panic of a host function is a panic there.
func (f *Func) Go(ctx context.Context, args ...uint64) <-chan Outcome {
	done := make(chan Outcome, 1)
	f.GoFunc(ctx, func(o Outcome) { done <- o }, args...)
	return done
}

// GoFunc is Go that tells then, on that goroutine, instead of a channel.
func (f *Func) GoFunc(ctx context.Context, then func(Outcome), args ...uint64) {
	go func() {
		results, err := f.Call(ctx, args...)
		then(Outcome{results, err})
	}()
}
