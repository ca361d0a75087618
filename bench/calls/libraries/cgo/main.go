// zlib, zstd and SQLite through cgo: cgo ROW. bench/harness/callers.py says where they are.
package main

/*
#cgo LDFLAGS: -lm
#include <stdlib.h>
#include "sqlite3.h"
#include "zlib.h"
#include "zstd.h"

// A macro with a cast, which cgo cannot read.
static int bind_text(sqlite3_stmt* s, int i, char* text, int n) {
	return sqlite3_bind_text(s, i, text, n, SQLITE_TRANSIENT);
}
*/
import "C"

import (
	"unsafe"

	"skerry/bench/calls/libraries/work"
	"skerry/bench/calls/measure"
)

func main() {
	measure.Rows(map[string]func(){
		"zlib.crc32":      crc32,
		"zlib.compress":   func() { zlib(false) },
		"zlib.uncompress": func() { zlib(true) },
		"zstd.compress":   func() { zstd(false) },
		"zstd.decompress": func() { zstd(true) },
		"sqlite.insert":   func() { sqlite(false) },
		"sqlite.select":   func() { sqlite(true) },
	})
}

func at(b []byte) *C.uchar { return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b))) }

func crc32() {
	short := work.Text(64)
	measure.Calls(work.Checksums, func(n int) {
		for range n {
			C.crc32(0, at(short), C.uint(len(short)))
		}
	})
}

func zlib(back bool) {
	source := work.Text(work.Bytes)
	packed, again := make([]byte, 2*work.Bytes), make([]byte, work.Bytes)
	var length C.ulong
	pack := func(n int) {
		for range n {
			length = C.ulong(len(packed))
			measure.Check(C.compress2(at(packed), &length, at(source), C.ulong(len(source)), 6) == 0)
		}
	}
	unpack := func(n int) {
		for range n {
			size := C.ulong(len(again))
			measure.Check(C.uncompress(at(again), &size, at(packed), length) == 0)
		}
	}
	work.Check(source, again, pack, unpack)
	if back {
		measure.Calls(work.Unpackings, unpack)
	} else {
		measure.Calls(work.Packings, pack)
	}
}

func zstd(back bool) {
	source := work.Text(work.Bytes)
	packed, again := make([]byte, 2*work.Bytes), make([]byte, work.Bytes)
	compressor := C.ZSTD_createCCtx()
	defer C.ZSTD_freeCCtx(compressor)
	var length C.size_t
	pack := func(n int) {
		for range n {
			length = C.ZSTD_compressCCtx(compressor, unsafe.Pointer(at(packed)), C.size_t(len(packed)),
				unsafe.Pointer(at(source)), C.size_t(len(source)), 3)
			measure.Check(C.ZSTD_isError(length) == 0)
		}
	}
	unpack := func(n int) {
		for range n {
			size := C.ZSTD_decompress(unsafe.Pointer(at(again)), C.size_t(len(again)), unsafe.Pointer(at(packed)), length)
			measure.Check(C.ZSTD_isError(size) == 0)
		}
	}
	work.Check(source, again, pack, unpack)
	if back {
		measure.Calls(work.Unpackings, unpack)
	} else {
		measure.Calls(work.Packings, pack)
	}
}

func text(s string) (*C.char, func()) {
	c := C.CString(s)
	return c, func() { C.free(unsafe.Pointer(c)) }
}

func sqlite(selects bool) {
	var db *C.sqlite3
	name, free := text(":memory:")
	defer free()
	measure.Check(C.sqlite3_open(name, &db) == 0)
	exec := func(sql string) {
		c, free := text(sql)
		defer free()
		measure.Check(C.sqlite3_exec(db, c, nil, nil, nil) == 0)
	}
	prepare := func(sql string) (s *C.sqlite3_stmt) {
		c, free := text(sql)
		defer free()
		measure.Check(C.sqlite3_prepare_v2(db, c, -1, &s, nil) == 0)
		return s
	}
	exec(work.Create)
	insert := prepare(work.Insert)
	inserting := func(n int) {
		exec(work.Clear)
		exec("begin")
		for i := range n {
			c, free := text(work.Names[i%len(work.Names)])
			measure.Check(C.bind_text(insert, 1, c, -1) == 0)
			free()
			measure.Check(C.sqlite3_bind_int64(insert, 2, C.sqlite3_int64(i)) == 0)
			measure.Check(C.sqlite3_step(insert) == C.SQLITE_DONE)
			C.sqlite3_reset(insert)
		}
		exec("commit")
	}
	if !selects {
		measure.Calls(work.Rows, inserting)
		return
	}
	inserting(work.Rows)
	query := prepare(work.Select)
	measure.Calls(work.Rows, func(n int) {
		for i := range n {
			measure.Check(C.sqlite3_step(query) == C.SQLITE_ROW)
			name := C.GoString((*C.char)(unsafe.Pointer(C.sqlite3_column_text(query, 0))))
			number := int(C.sqlite3_column_int64(query, 1))
			measure.Check(number == i && name == work.Names[i%len(work.Names)])
		}
		C.sqlite3_reset(query)
	})
}
