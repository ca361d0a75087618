// packages strings and bytes: split, fields, replace, search, builder, case and UTF-8 work. Native
// Go searches and compares with assembly here.
package main

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"skerry/bench/kernel"
)

func main() {
	text := string(kernel.Text(9, 128<<10)) + strings.Repeat("größe – 温度, ", 200)
	replacer := strings.NewReplacer("pump", "motor", "valve", "gate", "温度", "temperature")
	kernel.Main(120, func(repeats int) (sum uint64) {
		for range repeats {
			var builder strings.Builder
			for i, line := range strings.Split(text, "\n") {
				for _, field := range strings.Fields(line) {
					builder.WriteString(strings.ToUpper(field))
					builder.WriteByte(' ')
				}
				if strings.Contains(line, "alarm") || strings.HasPrefix(line, "tank") {
					sum = kernel.Mix(sum, uint64(i))
				}
			}
			upper := builder.String()
			sum = kernel.MixBytes(sum, upper)
			sum = kernel.Mix(sum, uint64(strings.Count(upper, "SENSOR")+strings.LastIndex(upper, "BELT")))
			replaced := []byte(replacer.Replace(text))
			sum = kernel.Mix(sum, uint64(len(replaced)+bytes.Count(replaced, []byte("gate"))))
			trimmed := bytes.TrimFunc(bytes.ReplaceAll(replaced, []byte(" "), nil), unicode.IsPunct)
			letters := 0
			for at := 0; at < len(trimmed); {
				r, size := utf8.DecodeRune(trimmed[at:])
				if unicode.IsLetter(r) {
					letters++
				}
				at += size
			}
			sum = kernel.Mix(sum, uint64(letters))
		}
		return sum
	})
}
