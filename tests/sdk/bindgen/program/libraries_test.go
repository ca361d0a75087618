// C libraries through packages that `skerry bindgen` wrote: tests/sdk/bindgen.py puts them beside
// this file, in a folder of its own.
package bindgen_test

import (
	"bytes"
	stdzlib "compress/zlib"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"skerry.dev/skerry"
	"skerry.dev/skerry/scratch"
	"skerry/tests/bindgen/sqlite"
	"skerry/tests/bindgen/zlib"
	"skerry/tests/bindgen/zstd"
)

var ctx = context.Background()

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRuntime(t testing.TB) *skerry.Runtime {
	t.Helper()
	rt, err := skerry.New()
	check(t, err)
	t.Cleanup(func() { rt.Close() })
	return rt
}

// text is of so many bytes, and can be compressed.
func text(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %d of %d\n", i*i%1009, i)
	}
	return b.Bytes()[:n]
}

func TestZlib(t *testing.T) {
	z, err := zlib.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer z.Close()
	version, err := z.Version(ctx)
	check(t, err)
	if version == "" {
		t.Error("no version")
	}
	for _, n := range []int{0, 1, 100, 70_000, 3_000_000} {
		source := text(n)
		bound, err := z.CompressBound(ctx, uint32(n))
		check(t, err)
		dest := make([]byte, bound)
		length, err := z.Compress(ctx, dest, source, 6)
		check(t, err)
		// Go's own reads it, and the other way round.
		reader, err := stdzlib.NewReader(bytes.NewReader(dest[:length]))
		check(t, err)
		got, err := io.ReadAll(reader)
		check(t, err)
		if !bytes.Equal(got, source) {
			t.Fatalf("%d bytes: Go reads others", n)
		}
		var other bytes.Buffer
		writer := stdzlib.NewWriter(&other)
		writer.Write(source)
		writer.Close()
		back := make([]byte, n)
		length, err = z.Uncompress(ctx, back, other.Bytes())
		check(t, err)
		if int(length) != n || !bytes.Equal(back, source) {
			t.Fatalf("%d bytes: what Go wrote is read as %d others", n, length)
		}
		sum, err := z.Crc32(ctx, 0, source)
		check(t, err)
		if sum != crc32.ChecksumIEEE(source) {
			t.Errorf("%d bytes: crc32 %#x", n, sum)
		}
	}
}

func TestZlibErrors(t *testing.T) {
	z, err := zlib.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer z.Close()
	dest := []byte{1, 2, 3, 4}
	_, err = z.Uncompress(ctx, dest, []byte("this was never compressed"))
	var failure *scratch.Error
	if !errors.As(err, &failure) || failure.Code != zlib.Z_DATA_ERROR || failure.Message != "data error" ||
		failure.Func != "uncompress" {
		t.Errorf("%#v", err)
	}
	if !bytes.Equal(dest, []byte{1, 2, 3, 4}) {
		t.Errorf("a call that failed has written %v", dest)
	}
	z.Close()
	if _, err := z.Version(ctx); !errors.Is(err, skerry.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

func TestZstd(t *testing.T) {
	z, err := zstd.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer z.Close()
	compressor, err := z.CreateCCtx(ctx)
	check(t, err)
	for _, n := range []int{0, 1, 5000, 2_000_000} {
		source := text(n)
		bound, err := z.CompressBound(ctx, uint32(n))
		check(t, err)
		dest := make([]byte, bound)
		length, err := z.CompressCCtx(ctx, compressor, dest, source, 3)
		check(t, err)
		size, err := z.GetFrameContentSize(ctx, dest[:length])
		check(t, err)
		back := make([]byte, size)
		length, err = z.Decompress(ctx, back, dest[:length])
		check(t, err)
		if int(length) != n || !bytes.Equal(back, source) {
			t.Fatalf("%d bytes come back as %d", n, length)
		}
	}
	_, err = z.Decompress(ctx, make([]byte, 10), []byte("this was never compressed"))
	if err == nil || !strings.Contains(err.Error(), "Unknown frame descriptor") {
		t.Errorf("no frame: %v", err)
	}
	check(t, compressor.Close(ctx))
	check(t, compressor.Close(ctx))
	if _, err := z.CompressCCtx(ctx, compressor, nil, nil, 3); err != scratch.ErrClosedHandle {
		t.Errorf("a closed handle: %v", err)
	}
}

func TestSQLite(t *testing.T) {
	lib, err := sqlite.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer lib.Close()
	db, err := lib.Open(ctx, ":memory:")
	check(t, err)
	check(t, lib.Exec(ctx, db, "create table person (name text, age integer, height real)", nil))
	insert, err := lib.Prepare(ctx, db, "insert into person values (?, ?, ?)")
	check(t, err)
	people := []string{"Ada", "Søren \"the second\"", "", "李", strings.Repeat("long ", 10_000)}
	for i, name := range people {
		check(t, lib.BindText(ctx, insert, 1, name))
		check(t, lib.BindInt64(ctx, insert, 2, int64(i)<<40))
		check(t, lib.BindDouble(ctx, insert, 3, float64(i)/3))
		status, err := lib.Step(ctx, insert)
		check(t, err)
		if status != sqlite.DONE {
			t.Fatalf("insert: %d", status)
		}
		check(t, lib.Reset(ctx, insert))
	}
	check(t, insert.Close(ctx))
	query, err := lib.Prepare(ctx, db, "select name, age, height from person order by age")
	check(t, err)
	for i := 0; ; i++ {
		status, err := lib.Step(ctx, query)
		check(t, err)
		if status == sqlite.DONE {
			if i != len(people) {
				t.Errorf("%d rows", i)
			}
			break
		}
		name, err := lib.ColumnText(ctx, query, 0)
		check(t, err)
		age, err := lib.ColumnInt64(ctx, query, 1)
		check(t, err)
		height, err := lib.ColumnDouble(ctx, query, 2)
		check(t, err)
		if name != people[i] || age != int64(i)<<40 || height != float64(i)/3 {
			t.Errorf("row %d: %q %d %g", i, name, age, height)
		}
	}
	check(t, query.Close(ctx))
	check(t, db.Close(ctx))
}

func TestSQLiteCallsGo(t *testing.T) {
	lib, err := sqlite.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer lib.Close()
	db, err := lib.Open(ctx, ":memory:")
	check(t, err)
	var rows []string
	row := func(_ *skerry.Caller, values, names []string) int32 {
		rows = append(rows, strings.Join(names, ",")+"="+strings.Join(values, ","))
		return 0
	}
	check(t, lib.Exec(ctx, db, "create table n (i); insert into n values (1), (2), (3), (40)", nil))
	reverse := func(_ *skerry.Caller, c *sqlite.Context, values []*sqlite.Value) {
		text, err := lib.ValueText(ctx, values[0])
		if err == nil && text == "" {
			lib.ResultError(ctx, c, "nothing to reverse")
			return
		}
		bytes := []byte(text)
		slices.Reverse(bytes)
		check(t, errors.Join(err, lib.ResultText(ctx, c, string(bytes))))
	}
	check(t, lib.CreateFunction(ctx, db, "reverse", 1, sqlite.UTF8, reverse, nil, nil))
	var product int64 = 1
	step := func(_ *skerry.Caller, _ *sqlite.Context, values []*sqlite.Value) {
		n, err := lib.ValueInt64(ctx, values[0])
		check(t, err)
		product *= n
	}
	final := func(_ *skerry.Caller, c *sqlite.Context) { check(t, lib.ResultInt64(ctx, c, product)) }
	check(t, lib.CreateFunction(ctx, db, "product", 1, sqlite.UTF8, nil, step, final))
	check(t, lib.Exec(ctx, db, "select i, null as none from n where i < 3; select reverse('abc'), product(i) as p from n", row))
	if got := strings.Join(rows, " "); got != "i,none=1, i,none=2, reverse('abc'),p=cba,240" {
		t.Error(got)
	}
	if err := lib.Exec(ctx, db, "select reverse('')", row); err == nil {
		t.Error("no failure")
	} else if text, _ := lib.Errmsg(ctx, db); text != "nothing to reverse" {
		t.Error(text)
	}
	// A row's function ends the query.
	var failure *scratch.Error
	err = lib.Exec(ctx, db, "select * from n", func(*skerry.Caller, []string, []string) int32 { return 1 })
	if !errors.As(err, &failure) || failure.Code != sqlite.ABORT {
		t.Error(err)
	}
	// Functions that are defined anew, and taken away: SQLite releases the old ones.
	for i := range 100 {
		constant := func(_ *skerry.Caller, c *sqlite.Context, _ []*sqlite.Value) { lib.ResultInt64(ctx, c, int64(i)) }
		check(t, lib.CreateFunction(ctx, db, "constant", 0, sqlite.UTF8, constant, nil, nil))
	}
	rows = nil
	check(t, lib.Exec(ctx, db, "select constant()", row))
	if len(rows) != 1 || rows[0] != "constant()=99" {
		t.Error(rows)
	}
	check(t, lib.CreateFunction(ctx, db, "constant", 0, sqlite.UTF8, nil, nil, nil))
	if err := lib.Exec(ctx, db, "select constant()", row); err == nil {
		t.Error("no failure")
	}
	check(t, db.Close(ctx))
}

func TestSQLiteErrors(t *testing.T) {
	lib, err := sqlite.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer lib.Close()
	db, err := lib.Open(ctx, ":memory:")
	check(t, err)
	_, err = lib.Prepare(ctx, db, "select * from missing")
	var failure *scratch.Error
	if !errors.As(err, &failure) || failure.Code != sqlite.ERROR || failure.Message != "SQL logic error" {
		t.Errorf("%v", err)
	}
	if text, err := lib.Errmsg(ctx, db); text != "no such table: missing" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := lib.Prepare(ctx, db, "select \x00"); err != scratch.ErrZeroByte {
		t.Errorf("a zero byte: %v", err)
	}
	// Files are nobody's to open: WASI grants nothing.
	if other, err := lib.Open(ctx, "/etc/passwd"); err == nil {
		t.Errorf("opened a file: %v", other)
	}
	other, err := sqlite.New(ctx, newRuntime(t), nil)
	check(t, err)
	defer other.Close()
	if err := other.Exec(ctx, db, "select 1", nil); err != scratch.ErrClosedHandle {
		t.Errorf("a handle of another instance: %v", err)
	}
}
