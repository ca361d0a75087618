// compress/flate: deflate generated text at the default level, and inflate it again.
package main

import (
	"bytes"
	"compress/flate"
	"io"

	"skerry/bench/kernel"
)

func main() {
	text := kernel.Text(6, 512<<10)
	kernel.Main(7, func(repeats int) (sum uint64) {
		var packed bytes.Buffer
		writer, err := flate.NewWriter(&packed, flate.DefaultCompression)
		if err != nil {
			panic(err)
		}
		for i := range repeats {
			text[i] = byte('a' + i%26)
			packed.Reset()
			writer.Reset(&packed)
			if _, err := writer.Write(text); err != nil {
				panic(err)
			}
			if err := writer.Close(); err != nil {
				panic(err)
			}
			sum = kernel.MixBytes(sum, packed.Bytes())
			for range 3 {
				back, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed.Bytes())))
				if err != nil || !bytes.Equal(back, text) {
					panic("text did not round-trip")
				}
			}
		}
		return sum
	})
}
