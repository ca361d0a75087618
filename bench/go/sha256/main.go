// crypto/sha256, where native Go has assembly (SHA instructions) and WebAssembly has portable Go.
package main

import (
	"crypto/sha256"
	"encoding/binary"

	"skerry/bench/kernel"
)

func main() {
	data := kernel.Text(7, 256<<10)
	kernel.Main(2200, func(repeats int) (sum uint64) {
		for i := range repeats {
			binary.LittleEndian.PutUint64(data, uint64(i))
			digest := sha256.Sum256(data)
			sum = kernel.Mix(sum, binary.BigEndian.Uint64(digest[:]))
		}
		return sum
	})
}
