// Everything that a package can have, by a small library: ../../shapes.c.
package own_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"skerry.dev/skerry"
	"skerry.dev/skerry/scratch"
	"skerry/tests/bindgen/shapes"
)

var ctx = context.Background()

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type host struct {
	library *shapes.Shapes
	texts   []string
	last    int32
}

func (h *host) Visit(_ *skerry.Caller, text string, number int32, isLast bool) int32 {
	h.texts = append(h.texts, text)
	if isLast {
		h.last = number
	}
	return 10 * number
}

func (h *host) Load(_ *skerry.Caller, name string, to []byte) (status uint32, length uint32, scale float64) {
	if name != "bytes" || len(to) != 8 {
		return 1000, 0, 0
	}
	return 1, uint32(copy(to, []byte{1, 2, 3})), 100
}

// Calls while a call's arguments are in use.
func (h *host) Deeper(_ *skerry.Caller, depth int32) int32 {
	joined, err := h.library.Join(ctx, strings.Repeat("a", 100*int(depth)), "b")
	if err != nil || len(joined) != 100*int(depth)+1 {
		return -1000
	}
	n, err := h.library.LoopBack(ctx, depth)
	if err != nil {
		return -1000
	}
	return n
}

func newShapes(t testing.TB) (*shapes.Shapes, *host) {
	t.Helper()
	rt, err := skerry.New()
	check(t, err)
	t.Cleanup(func() { rt.Close() })
	h := &host{}
	h.library, err = shapes.New(ctx, rt, h, nil)
	check(t, err)
	t.Cleanup(func() { h.library.Close() })
	return h.library, h
}

func TestStructs(t *testing.T) {
	l, _ := newShapes(t)
	from := shapes.Shape{X: -3, Y: 1.5, Name: [4]uint8{1, 2, 3, 4}, Numbers: [2]int32{5, -6},
		In: shapes.Inner{Flag: 255}, On: true, Shade: shapes.DARK, Big: 1 << 60}
	to, err := l.ShapeDouble(ctx, from)
	check(t, err)
	if to.Text == 0 {
		t.Error("no address of a text")
	}
	to.Text = 0
	want := shapes.Shape{X: -6, Y: 3, Name: [4]uint8{4, 3, 2, 1}, Numbers: [2]int32{10, -12},
		Shade: shapes.LIGHT, Big: 1 << 61}
	if to != want {
		t.Errorf("%+v, not %+v", to, want)
	}
	moved, err := l.ShapeMove(ctx, from, -7)
	check(t, err)
	from.X = -10
	if moved != from {
		t.Errorf("moved to %+v", moved)
	}
}

func TestNumbersAndHandles(t *testing.T) {
	l, _ := newShapes(t)
	c, err := l.CounterNew(ctx, 1<<40)
	check(t, err)
	sum, err := l.CounterAdd(ctx, c, -128, 255, -32768, 65535, 2.5, -1e6, 1<<41)
	check(t, err)
	if want := int64(1<<40 - 128 + 255 - 32768 + 65535 + 2 - 1e6 + 1<<41); sum != want {
		t.Errorf("%d, not %d", sum, want)
	}
	high, low, err := l.CounterSplit(ctx, c)
	check(t, err)
	if int64(high)<<32|int64(low) != sum {
		t.Errorf("%x %x", high, low)
	}
	var failure *scratch.Error
	if _, _, err := l.CounterSplit(ctx, nil); !errors.As(err, &failure) || failure.Code != 2 ||
		err.Error() != "counter_split: other" {
		t.Errorf("null: %v", err)
	}
	if none, err := l.CounterNew(ctx, -1); none != nil || err == nil {
		t.Errorf("%v %v", none, err)
	}
	unlucky, err := l.CounterNew(ctx, 13)
	check(t, err)
	if err := unlucky.Close(ctx); !errors.As(err, &failure) || failure.Message != "unlucky" {
		t.Errorf("%v", err)
	}
	// It was not closed.
	if _, err := l.CounterAdd(ctx, unlucky, 1, 0, 0, 0, 0, 0, 0); err != nil {
		t.Error(err)
	}
	check(t, unlucky.Close(ctx))
	check(t, c.Close(ctx))
	if _, _, err := l.CounterSplit(ctx, c); err != scratch.ErrClosedHandle {
		t.Errorf("closed: %v", err)
	}
	a, b, err := l.Swap(ctx, 1, -2)
	if a != -2 || b != 1 || err != nil {
		t.Error(a, b, err)
	}
	if dark, err := l.IsDark(ctx, shapes.LIGHT, false); dark || err != nil {
		t.Error(dark, err)
	}
	if dark, err := l.IsDark(ctx, shapes.DARK, false); !dark || err != nil {
		t.Error(dark, err)
	}
	if n, err := l.Negative(ctx, -5); n != 5 || err != nil {
		t.Error(n, err)
	}
	if _, err := l.Negative(ctx, 5); !errors.As(err, &failure) || failure.Code != -5 {
		t.Error(err)
	}
	if shapes.MOST != 3 || uint64(shapes.WIDE) != 1<<64-1 || shapes.DARK != -1 {
		t.Error("constants")
	}
}

func TestTextsAndBytes(t *testing.T) {
	l, _ := newShapes(t)
	for _, n := range []int{0, 1, 1000, 100_000, 2_000_000} {
		a := strings.Repeat("ä", n)
		joined, err := l.Join(ctx, a, "-end")
		check(t, err)
		if joined != a+"-end" {
			t.Fatalf("%d: %d bytes", n, len(joined))
		}
		bytes := []byte(strings.Repeat("x", n) + "yz")
		if length, err := l.Reverse(ctx, bytes); err != nil || int(length) != n+2 || string(bytes) != "zy"+strings.Repeat("x", n) {
			t.Fatalf("%d: %d %v", n, length, err)
		}
	}
	if text, err := l.Nothing(ctx); text != "" || err != nil {
		t.Errorf("%q %v", text, err)
	}
	if _, err := l.Join(ctx, "a\x00b", ""); err != scratch.ErrZeroByte {
		t.Error(err)
	}
}

func TestCallbacks(t *testing.T) {
	l, h := newShapes(t)
	sum, err := l.Each(ctx, 4)
	check(t, err)
	if sum != 10*(0+1+2+3)+1+2+3+100+1 || h.last != 3 || strings.Join(h.texts, ",") != "number 0,number 1,number 2,number 3" {
		t.Errorf("%d, %v", sum, h)
	}
	if depth, err := l.LoopBack(ctx, 20); depth != 20 || err != nil {
		t.Error(depth, err)
	}
}

// Calls with arguments in memory leave nothing behind.
func TestAllocations(t *testing.T) {
	l, _ := newShapes(t)
	bytes := make([]byte, 1000)
	call := func() {
		if _, err := l.Reverse(ctx, bytes); err != nil {
			t.Fatal(err)
		}
	}
	call()
	if n := testing.AllocsPerRun(100, call); n != 0 {
		t.Errorf("%g allocations a call", n)
	}
	memory, err := l.Instance().Memory()
	check(t, err)
	before := memory.Size()
	large := make([]byte, 3_000_000)
	for range 50 {
		_, err := l.Reverse(ctx, large)
		check(t, err)
		_, err = l.Join(ctx, "some text", "more")
		check(t, err)
	}
	if after := memory.Size(); after-before > 8_000_000 {
		t.Errorf("the memory has grown from %d to %d", before, after)
	}
}
