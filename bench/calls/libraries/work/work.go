// Package work is what both programs beside it do with the libraries.
package work

import (
	"bytes"
	"fmt"

	"skerry/bench/calls/measure"
)

const (
	Bytes = 64 << 10 // that are compressed in a call
	Rows  = 20_000

	// Of a round, which takes some milliseconds.
	Checksums, Packings, Unpackings = 100_000, 10, 50

	Create = "create table person (name text, number integer)"
	Clear  = "delete from person"
	Insert = "insert into person values (?, ?)"
	Select = "select name, number from person order by rowid"
)

// Names are texts of the rows.
var Names = []string{"Ada Lovelace", "Grace Hopper", "Søren", "a name that is somewhat longer than others"}

// Text is of n bytes that can be compressed.
func Text(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "line %d of %d\n", i*i%1009, i)
	}
	return b.Bytes()[:n]
}

// Check packs and unpacks once: source has to come back.
func Check(source, again []byte, pack, unpack func(n int)) {
	pack(1)
	unpack(1)
	measure.Check(bytes.Equal(source, again))
}
