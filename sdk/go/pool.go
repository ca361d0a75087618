package skerry

import (
	"context"
	"sync"
)

// Pool hands instances of one module to goroutines, one at a time each.
type Pool struct {
	mod    *Module
	config *Config
	places chan struct{}

	mutex  sync.Mutex
	closed bool
	idle   []*Instance
}

// NewPool makes a pool of at most size instances, which are made when they are needed. The config
// may not have Links: instances of a pool share nothing.
func NewPool(mod *Module, config *Config, size int) (*Pool, error) {
	if size < 1 {
		return nil, &Error{Name: "ArgumentMismatch", Message: "a pool has at least one instance"}
	}
	if config != nil && len(config.Links) != 0 {
		return nil, &Error{Name: "ArgumentMismatch",
			Message: "instances of a pool cannot be linked with others: one of them runs at a time"}
	}
	return &Pool{mod: mod, config: config, places: make(chan struct{}, size)}, nil
}

// Get waits for an instance. Put gives it back.
func (p *Pool) Get(ctx context.Context) (*Instance, error) {
	select {
	case p.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mutex.Lock()
	if p.closed {
		p.mutex.Unlock()
		<-p.places
		return nil, ErrClosed
	}
	if last := len(p.idle) - 1; last >= 0 {
		in := p.idle[last]
		p.idle = p.idle[:last]
		p.mutex.Unlock()
		return in, nil
	}
	p.mutex.Unlock()
	in, err := p.mod.Instantiate(ctx, p.config)
	if err != nil {
		<-p.places
		return nil, err
	}
	return in, nil
}

// Put gives an instance back, with its memory as it is. One whose guest failed is better closed
// (Drop): nobody knows what it left half done.
func (p *Pool) Put(in *Instance) error {
	p.mutex.Lock()
	closed := p.closed
	if !closed {
		p.idle = append(p.idle, in)
	}
	p.mutex.Unlock()
	<-p.places
	if closed {
		return in.Close()
	}
	return nil
}

// Drop closes an instance that came from Get; a new one will take its place.
func (p *Pool) Drop(in *Instance) error {
	<-p.places
	return in.Close()
}

// Do runs work with an instance. If it fails or panics, the instance is dropped.
func (p *Pool) Do(ctx context.Context, work func(*Instance) error) error {
	in, err := p.Get(ctx)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			p.Drop(in)
		}
	}()
	if err := work(in); err != nil {
		return err
	}
	done = true
	return p.Put(in)
}

// Close closes the instances that are in the pool; those in use when they are put back.
func (p *Pool) Close() error {
	p.mutex.Lock()
	idle := p.idle
	p.closed, p.idle = true, nil
	p.mutex.Unlock()
	var failed error
	for _, in := range idle {
		if err := in.Close(); err != nil {
			failed = err
		}
	}
	return failed
}
