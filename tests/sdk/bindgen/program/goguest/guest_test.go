// A guest in Go, with typed functions on both sides.
package goguest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"skerry.dev/skerry"
	"skerry/tests/bindgen/host"
)

type imports struct {
	said   []string
	values map[string]int64
}

func (i *imports) Say(_ *skerry.Caller, text string) { i.said = append(i.said, text) }

func (i *imports) Ask(_ *skerry.Caller, question string, answer []byte) uint32 {
	return uint32(copy(answer, strings.ToUpper(question)))
}

func (i *imports) Dot(_ *skerry.Caller, a, b []int32) (sum int64) {
	for i := range a {
		sum += int64(a[i]) * int64(b[i])
	}
	return sum
}

func (i *imports) Squares(_ *skerry.Caller, to []uint16) {
	for i := range to {
		to[i] = uint16(i * i)
	}
}

var errForbidden = errors.New("forbidden")

func (i *imports) Lookup(c *skerry.Caller, key string) (int32, int64) {
	if key == "forbidden" {
		c.Fail(errForbidden)
	}
	value, ok := i.values[key]
	if !ok {
		return 1, 0
	}
	return 0, value
}

func TestGoGuest(t *testing.T) {
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	own := &imports{values: map[string]int64{"a": 1, "b": 2 << 40}}
	guest, err := host.New(ctx, rt, own, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer guest.Close()
	out := make([]byte, 200)
	for _, name := range []string{"Ada", "", "Søren", strings.Repeat("x", 5000)} {
		n, err := guest.Greet(ctx, name, out)
		if err != nil {
			t.Fatal(err)
		}
		want := "Hello, " + strings.ToUpper("title of " + name)[:min(100, len("title of "+name))] + " " + name
		if got := string(out[:n]); got != want[:min(len(want), len(out))] {
			t.Errorf("%q, not %q", got, want)
		}
		if said := own.said[len(own.said)-1]; said != want {
			t.Errorf("said %q, not %q", said, want)
		}
	}
	if n, err := guest.Norm(ctx); n != 1+16+81 || err != nil {
		t.Error(n, err)
	}
	for keys, want := range map[string]int64{"a b a": 2<<40 + 2, "": 0, "a c": -1} {
		if got, err := guest.Total(ctx, keys); got != want || err != nil {
			t.Errorf("%q: %d %v", keys, got, err)
		}
	}
	if said := own.said[len(own.said)-1]; !strings.HasPrefix(said, "Hello") && said != "lookup failed with 1" {
		t.Errorf("said %q", said)
	}
	if _, err := guest.Total(ctx, "a forbidden"); !errors.Is(err, errForbidden) {
		t.Errorf("forbidden: %v", err)
	}
}
