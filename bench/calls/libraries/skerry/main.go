// The same libraries as modules, through packages that `skerry bindgen` wrote: built with
// CGO_ENABLED=0.
package main

import (
	"bytes"
	"context"
	"time"

	"skerry.dev/skerry"
	"skerry/bench/calls/libraries/sqlite"
	"skerry/bench/calls/libraries/work"
	"skerry/bench/calls/libraries/zlib"
	"skerry/bench/calls/libraries/zstd"
	"skerry/bench/calls/measure"
)

var ctx = context.Background()

func main() {
	rt := measure.Must(skerry.New())
	runZlib(measure.Must(zlib.New(ctx, rt, nil)))
	runZstd(measure.Must(zstd.New(ctx, rt, nil)))
	runSQLite(measure.Must(sqlite.New(ctx, rt, nil)))
}

func ok(err error) { measure.Check(err == nil) }

// timed first calls until what is hot has been compiled by the optimising tier.
func timed(name string, n int, f func(n int)) {
	for start := time.Now(); time.Since(start) < 2*time.Second; {
		f(n)
	}
	measure.Calls(name, n, f)
}

func runZlib(z *zlib.Zlib) {
	short := work.Text(64)
	timed("zlib.crc32", 1_000_000, func(n int) {
		for range n {
			z.Crc32(ctx, 0, short)
		}
	})
	source := work.Text(work.Bytes)
	dest, back := make([]byte, 2*work.Bytes), make([]byte, work.Bytes)
	var length uint32
	timed("zlib.compress", 100, func(n int) {
		for range n {
			length = measure.Must(z.Compress(ctx, dest, source, 6))
		}
	})
	timed("zlib.uncompress", 500, func(n int) {
		for range n {
			measure.Must(z.Uncompress(ctx, back, dest[:length]))
		}
	})
	measure.Check(bytes.Equal(back, source))
}

func runZstd(z *zstd.Zstd) {
	source := work.Text(work.Bytes)
	dest, back := make([]byte, 2*work.Bytes), make([]byte, work.Bytes)
	compressor := measure.Must(z.CreateCCtx(ctx))
	var length uint32
	timed("zstd.compress", 500, func(n int) {
		for range n {
			length = measure.Must(z.CompressCCtx(ctx, compressor, dest, source, 3))
		}
	})
	timed("zstd.decompress", 1000, func(n int) {
		for range n {
			measure.Must(z.Decompress(ctx, back, dest[:length]))
		}
	})
	measure.Check(bytes.Equal(back, source))
}

func runSQLite(s *sqlite.SQLite) {
	db := measure.Must(s.Open(ctx, ":memory:"))
	ok(s.Exec(ctx, db, work.Create))
	insert := measure.Must(s.Prepare(ctx, db, work.Insert))
	timed("sqlite.insert", work.Rows, func(n int) {
		ok(s.Exec(ctx, db, work.Clear))
		ok(s.Exec(ctx, db, "begin"))
		for i := range n {
			ok(s.BindText(ctx, insert, 1, work.Names[i%len(work.Names)]))
			ok(s.BindInt64(ctx, insert, 2, int64(i)))
			status, err := s.Step(ctx, insert)
			measure.Check(status == sqlite.DONE && err == nil)
			ok(s.Reset(ctx, insert))
		}
		ok(s.Exec(ctx, db, "commit"))
	})
	query := measure.Must(s.Prepare(ctx, db, work.Select))
	timed("sqlite.select", work.Rows, func(n int) {
		for i := range n {
			status, err := s.Step(ctx, query)
			measure.Check(status == sqlite.ROW && err == nil)
			name := measure.Must(s.ColumnText(ctx, query, 0))
			number := measure.Must(s.ColumnInt64(ctx, query, 1))
			measure.Check(number == int64(i) && name == work.Names[i%len(work.Names)])
		}
		ok(s.Reset(ctx, query))
	})
}
