package own_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"skerry.dev/skerry"
	"skerry.dev/skerry/scratch"
	"skerry/tests/bindgen/shapes"
)

func TestFunctionsOfGo(t *testing.T) {
	l, _ := newShapes(t)
	var seen []string
	each := func(_ *skerry.Caller, number int32, text string) int32 {
		seen = append(seen, fmt.Sprint(number, text))
		return 0
	}
	check(t, l.ForEach(ctx, 3, each))
	if want := []string{"00", "11", "22"}; !slices.Equal(seen, want) {
		t.Error(seen)
	}
	// The null pointer.
	check(t, l.ForEach(ctx, 3, nil))
	var failure *scratch.Error
	err := l.ForEach(ctx, 10, func(_ *skerry.Caller, number int32, _ string) int32 { return number / 4 * 7 })
	if !errors.As(err, &failure) || failure.Code != 7 {
		t.Error(err)
	}
	numbers := []int32{5, -3, 9, 0, 5, -100}
	check(t, l.Sort(ctx, numbers, func(_ *skerry.Caller, a, b int32) int32 {
		return int32(min(1, max(-1, int64(b)-int64(a))))
	}))
	if !slices.Equal(numbers, []int32{9, 5, 5, 0, -3, -100}) {
		t.Error(numbers)
	}
}

func TestFunctionsOfGoThatFail(t *testing.T) {
	l, _ := newShapes(t)
	unlucky := errors.New("unlucky")
	fail := func(c *skerry.Caller, _ int32, _ string) int32 {
		c.Fail(unlucky)
		return 0
	}
	if err := l.ForEach(ctx, 1, fail); !errors.Is(err, unlucky) {
		t.Error(err)
	}
	func() {
		defer func() {
			if recover() != "no" {
				t.Error("no panic")
			}
		}()
		l.ForEach(ctx, 1, func(*skerry.Caller, int32, string) int32 { panic("no") })
	}()
	calls := 0
	check(t, l.ForEach(ctx, 1, func(*skerry.Caller, int32, string) int32 { calls++; return 0 }))
	// It was lent for that call alone.
	if _, err := l.CallLast(ctx, 1); !errors.Is(err, scratch.ErrNoCallback) || calls != 1 {
		t.Error(err, calls)
	}
	other, cancel := context.WithCancel(ctx)
	err := l.ForEach(other, 1<<30, func(*skerry.Caller, int32, string) int32 { cancel(); return 0 })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Each call has its own function, also where one is made within another.
func TestFunctionsOfGoWithinEachOther(t *testing.T) {
	l, _ := newShapes(t)
	var sum int
	var level func(depth int) shapes.ForEachCall
	level = func(depth int) shapes.ForEachCall {
		return func(_ *skerry.Caller, number int32, _ string) int32 {
			if depth == 0 {
				sum += int(number)
			} else if err := l.ForEach(ctx, 3, level(depth-1)); err != nil {
				t.Error(err)
			}
			return 0
		}
	}
	for range 10 {
		sum = 0
		check(t, l.ForEach(ctx, 3, level(4)))
		if sum != 81*3 {
			t.Fatal(sum)
		}
	}
	small := func(*skerry.Caller, int32, string) int32 { return 0 }
	if n := testing.AllocsPerRun(100, func() { l.ForEach(ctx, 0, small) }); n != 0 {
		t.Errorf("%g allocations a call", n)
	}
}

func TestRowsForFunctionsOfGo(t *testing.T) {
	l, _ := newShapes(t)
	counter, err := l.CounterNew(ctx, 100)
	check(t, err)
	var rows []string
	result, err := l.Rows(ctx, counter, func(_ *skerry.Caller, values []string, lengths []uint16,
		counters []*shapes.Counter, pairs []shapes.Pair, warm shapes.Degrees, sum int64) (int32, int64) {
		rows = append(rows, fmt.Sprint(values, lengths, pairs, warm))
		for i, one := range counters {
			if (one == nil) != (i == 1) {
				t.Error(i, one)
			} else if one != nil {
				if _, err := l.CounterAdd(ctx, one, 1, 0, 0, 0, 0, 0, 0); err != nil {
					t.Error(err)
				}
			}
		}
		return 1, sum + 10
	})
	check(t, err)
	if last := "[one  three] [3 0 5] [{1 1.5} {2 2.5} {3 3.5}] {21.5}"; result != 4+40 || len(rows) != 4 || rows[3] != last ||
		rows[0] != "[] [] [] {21.5}" {
		t.Error(result, rows)
	}
	if now, err := l.CounterAdd(ctx, counter, 0, 0, 0, 0, 0, 0, 0); now != 104 || err != nil {
		t.Error(now, err)
	}
}

func TestFunctionsOfGoThatAreKept(t *testing.T) {
	l, _ := newShapes(t)
	changed := func(by float64) shapes.WatchChanged {
		return func(_ *skerry.Caller, shape shapes.Shape, pair shapes.Pair) (int32, shapes.Shape) {
			if pair.A != int32(shape.X) || pair.B != 2 {
				t.Error(shape, pair)
			}
			shape.Y = float64(shape.X) * by
			return 1000, shape
		}
	}
	for i := range 100 {
		check(t, l.Watch(ctx, changed(float64(i)), func(*skerry.Caller) shapes.Degrees { return shapes.Degrees{Celsius: 0.5} }))
		if y, err := l.Change(ctx, 3); y != float64(3*i)+1000.5 || err != nil {
			t.Fatal(i, y, err)
		}
	}
	check(t, l.Watch(ctx, changed(1), nil))
	if y, err := l.Change(ctx, 3); y != 1003 || err != nil {
		t.Error(y, err)
	}
	check(t, l.Unwatch(ctx))
	if _, err := l.Change(ctx, 3); !errors.Is(err, scratch.ErrNoCallback) {
		t.Error(err)
	}
	// Nothing is kept of it: the library is told of no user.
	if err := l.Watch(ctx, nil, nil); err == nil {
		t.Error("no failure")
	}
	var texts []string
	check(t, l.SetLogger(ctx, func(_ *skerry.Caller, text string, isError bool) shapes.Pair {
		texts = append(texts, fmt.Sprint(text, isError))
		return shapes.Pair{A: int32(len(texts)), B: 40}
	}))
	for i, text := range []string{"log", "a long text"} {
		if n, err := l.LogText(ctx, text); n != int32(i+41) || err != nil {
			t.Error(n, err)
		}
	}
	if !slices.Equal(texts, []string{"logfalse", "a long texttrue"}) {
		t.Error(texts)
	}
}

func (h *host) Offset(_ *skerry.Caller, shape shapes.Shape, degrees shapes.Degrees, numbers []int16) (shapes.Pair, shapes.Shape) {
	if !slices.Equal(numbers, []int16{-1, -2}) {
		return shapes.Pair{}, shapes.Shape{}
	}
	moved := shape
	moved.X++
	return shapes.Pair{A: int32(degrees.Celsius), B: shape.Y}, moved
}

func TestStructsByValue(t *testing.T) {
	l, _ := newShapes(t)
	sum, err := l.PairAdd(ctx, shapes.Pair{A: 1, B: 2}, shapes.Degrees{Celsius: 0.25}, shapes.Pair{A: -5, B: 1e9})
	if want := (shapes.Pair{A: -4, B: 1e9 + 2.25}); sum != want || err != nil {
		t.Error(sum, err)
	}
	if warm, err := l.Warmer(ctx, shapes.Degrees{Celsius: 20}, 1.5); warm.Celsius != 21.5 || err != nil {
		t.Error(warm, err)
	}
}

func TestSlices(t *testing.T) {
	l, _ := newShapes(t)
	if sum, err := l.Sum(ctx, []int32{1, -2, 1 << 30, 1 << 30}); sum != 1<<31-1 || err != nil {
		t.Error(sum, err)
	}
	if sum, err := l.Sum(ctx, nil); sum != 0 || err != nil {
		t.Error(sum, err)
	}
	if sum, err := l.Dot(ctx, []int32{1, 2}, []int32{3, -4}); sum != -5 || err != nil {
		t.Error(sum, err)
	}
	if _, err := l.Dot(ctx, []int32{1, 2}, []int32{3}); err != scratch.ErrLengths {
		t.Error(err)
	}
	values := []float64{1, -2.5}
	check(t, l.Scale(ctx, values, 2))
	if !slices.Equal(values, []float64{2, -5}) {
		t.Error(values)
	}
	to := []uint16{7, 7, 7}
	if used, err := l.Evens(ctx, []uint16{65534, 3, 4}, to); used != 2 || err != nil || !slices.Equal(to, []uint16{65534, 4, 7}) {
		t.Error(used, err, to)
	}
	if _, err := l.Evens(ctx, []uint16{2, 4}, to[:1]); err == nil {
		t.Error("no failure")
	}
	if text, err := l.JoinAll(ctx, []string{"a", "", "ß", "xyz"}); text != "aßxyz" || err != nil {
		t.Error(text, err)
	}
	if text, err := l.JoinAll(ctx, nil); text != "" || err != nil {
		t.Error(text, err)
	}
	if _, err := l.JoinAll(ctx, []string{"a\x00"}); err != scratch.ErrZeroByte {
		t.Error(err)
	}
	a, err := l.CounterNew(ctx, 5)
	check(t, err)
	if total, err := l.Total(ctx, []*shapes.Counter{a, nil, a}); total != 9 || err != nil {
		t.Error(total, err)
	}
	check(t, a.Close(ctx))
	if _, err := l.Total(ctx, []*shapes.Counter{a}); err != scratch.ErrClosedHandle {
		t.Error(err)
	}
	pairs := []shapes.Pair{{A: 1, B: 2}, {A: 3, B: 4}}
	if n, err := l.PairsTurn(ctx, pairs); n != 7+6+6+6 || err != nil || !reflect.DeepEqual(pairs, []shapes.Pair{{A: 2, B: 1}, {A: 4, B: 3}}) {
		t.Error(n, err, pairs)
	}
	if sum, err := l.PairsSum(ctx, pairs); sum != 10 || err != nil {
		t.Error(sum, err)
	}
	made := make([]shapes.Pair, 5)
	made[3].A = 77
	if n, err := l.PairsMake(ctx, made); n != 3 || err != nil || made[2] != (shapes.Pair{A: 2, B: 1}) || made[3].A != 77 {
		t.Error(n, err, made)
	}
}
