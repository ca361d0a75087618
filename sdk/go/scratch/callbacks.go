package scratch

import (
	"errors"

	"skerry.dev/skerry"
)

// ErrNoCallback fails a call through a pointer to a function of Go that the guest was to forget.
var ErrNoCallback = errors.New("skerry: the guest called a function of Go that it was lent before")

// Table is an instance's table of funcs, where the pointers to functions of C lead to.
type Table struct {
	in       *skerry.Instance
	name     string
	kept     map[uint32]Lent // by what the guest knows them by
	last     uint32
	releases uint32 // of the function that the guest releases them with; 0: it is not there yet
}

// NewTable names the table, which is looked for when it is needed.
func NewTable(in *skerry.Instance, name string) *Table {
	return &Table{in: in, name: name, kept: map[uint32]Lent{}}
}

// Callbacks are places of the table for functions of one type: each for one at a time, since tables
// only grow.
type Callbacks[F any] struct {
	table *Table
	host  func(*F) skerry.HostFunc
	free  []*callback[F]
}

type place struct {
	index uint32
	end   func()
	next  *place // that is lent together with it
}

type callback[F any] struct {
	place
	function F
}

// NewCallbacks makes them; host makes the function that the guest calls of a variable that holds
// what is to be called, or nil.
func NewCallbacks[F any](t *Table, host func(*F) skerry.HostFunc) *Callbacks[F] {
	return &Callbacks[F]{table: t, host: host}
}

func (c *Callbacks[F]) take() (*callback[F], error) {
	if n := len(c.free); n != 0 {
		one := c.free[n-1]
		c.free = c.free[:n-1]
		return one, nil
	}
	one := new(callback[F])
	index, err := c.table.in.AddFunc(c.table.name, c.host(&one.function))
	if err != nil {
		return nil, err
	}
	one.index = index
	one.end = func() {
		var none F
		one.function = none
		c.free = append(c.free, one)
	}
	return one, nil
}

// Lent is the functions that one call lends to the guest. It remembers the first thing that went
// wrong, for Err.
type Lent struct {
	first *place
	err   error
}

// Lend answers the pointer by which the guest calls f; the null pointer if it is not given.
func Lend[F any](l *Lent, c *Callbacks[F], f F, isGiven bool) uint32 {
	if !isGiven || l.err != nil {
		return 0
	}
	one, err := c.take()
	if err != nil {
		l.err = err
		return 0
	}
	one.function = f
	one.next, l.first = l.first, &one.place
	return one.index
}

// Keep lends them until the guest calls release with user: two pointers, null if nothing was lent.
func (l *Lent) Keep(t *Table) (user, release uint32) {
	if l.first == nil || l.err != nil {
		return 0, 0
	}
	if t.releases == 0 {
		t.releases, l.err = t.in.AddFunc(t.name, skerry.HostProc1(func(_ *skerry.Caller, user uint32) {
			kept := t.kept[user] // nothing, if the guest makes a number up
			delete(t.kept, user)
			kept.End()
		}))
		if l.err != nil {
			return 0, 0
		}
	}
	t.last++
	t.kept[t.last] = *l
	return t.last, t.releases
}

// Err is the first thing that went wrong: then nothing is lent any more.
func (l *Lent) Err() error {
	if l.err != nil {
		l.End()
	}
	return l.err
}

// End ends the loan.
func (l *Lent) End() {
	for one := l.first; one != nil; {
		next := one.next
		one.next = nil
		one.end()
		one = next
	}
	l.first = nil
}
