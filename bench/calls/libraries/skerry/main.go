// The same libraries as modules, through packages that `skerry bindgen` wrote: skerry ROW. Built with
// CGO_ENABLED=0.
package main

import (
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
	measure.Rows(map[string]func(){
		"zlib.crc32":      crc32,
		"zlib.compress":   func() { runZlib(false) },
		"zlib.uncompress": func() { runZlib(true) },
		"zstd.compress":   func() { runZstd(false) },
		"zstd.decompress": func() { runZstd(true) },
		"sqlite.insert":   func() { runSQLite(false) },
		"sqlite.select":   func() { runSQLite(true) },
	})
}

func runtime() *skerry.Runtime { return measure.Must(skerry.New()) }

func ok(err error) { measure.Check(err == nil) }

// timed first calls until what is hot has been compiled by the optimising tier.
func timed(n int, f func(n int)) { measure.Warm(2*time.Second, n, f) }

func crc32() {
	z := measure.Must(zlib.New(ctx, runtime(), nil))
	short := work.Text(64)
	timed(work.Checksums, func(n int) {
		for range n {
			z.Crc32(ctx, 0, short)
		}
	})
}

func runZlib(back bool) {
	z := measure.Must(zlib.New(ctx, runtime(), nil))
	source := work.Text(work.Bytes)
	packed, again := make([]byte, 2*work.Bytes), make([]byte, work.Bytes)
	var length uint32
	pack := func(n int) {
		for range n {
			length = measure.Must(z.Compress(ctx, packed, source, 6))
		}
	}
	unpack := func(n int) {
		for range n {
			measure.Must(z.Uncompress(ctx, again, packed[:length]))
		}
	}
	work.Check(source, again, pack, unpack)
	if back {
		timed(work.Unpackings, unpack)
	} else {
		timed(work.Packings, pack)
	}
}

func runZstd(back bool) {
	z := measure.Must(zstd.New(ctx, runtime(), nil))
	source := work.Text(work.Bytes)
	packed, again := make([]byte, 2*work.Bytes), make([]byte, work.Bytes)
	compressor := measure.Must(z.CreateCCtx(ctx))
	var length uint32
	pack := func(n int) {
		for range n {
			length = measure.Must(z.CompressCCtx(ctx, compressor, packed, source, 3))
		}
	}
	unpack := func(n int) {
		for range n {
			measure.Must(z.Decompress(ctx, again, packed[:length]))
		}
	}
	work.Check(source, again, pack, unpack)
	if back {
		timed(work.Unpackings, unpack)
	} else {
		timed(work.Packings, pack)
	}
}

func runSQLite(selects bool) {
	s := measure.Must(sqlite.New(ctx, runtime(), nil))
	db := measure.Must(s.Open(ctx, ":memory:"))
	ok(s.Exec(ctx, db, work.Create, nil))
	insert := measure.Must(s.Prepare(ctx, db, work.Insert))
	inserting := func(n int) {
		ok(s.Exec(ctx, db, work.Clear, nil))
		ok(s.Exec(ctx, db, "begin", nil))
		for i := range n {
			ok(s.BindText(ctx, insert, 1, work.Names[i%len(work.Names)]))
			ok(s.BindInt64(ctx, insert, 2, int64(i)))
			status, err := s.Step(ctx, insert)
			measure.Check(status == sqlite.DONE && err == nil)
			ok(s.Reset(ctx, insert))
		}
		ok(s.Exec(ctx, db, "commit", nil))
	}
	if !selects {
		timed(work.Rows, inserting)
		return
	}
	inserting(work.Rows)
	query := measure.Must(s.Prepare(ctx, db, work.Select))
	timed(work.Rows, func(n int) {
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
