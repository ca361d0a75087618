// package regexp: literals, classes, alternation, captures, replacement, over generated text.
package main

import (
	"regexp"

	"skerry/bench/kernel"
)

var patterns = []*regexp.Regexp{
	regexp.MustCompile(`[a-z]+@[a-z]+\.example`),
	regexp.MustCompile(`(\d{4})-(\d{2})-(\d{2})`),
	regexp.MustCompile(`(?i)\b(PUMP|valve|Tank)[ ,]+(\w+)`),
	regexp.MustCompile(`(?m)^\w+ \w+.*\d+$`),
	regexp.MustCompile(`sensor[^\n]{0,40}alarm`),
}

func main() {
	text := kernel.Text(2, 64<<10)
	kernel.Main(28, func(repeats int) (sum uint64) {
		for range repeats {
			for _, pattern := range patterns {
				for _, match := range pattern.FindAllSubmatchIndex(text, -1) {
					sum = kernel.Mix(sum, uint64(match[0])<<32|uint64(match[len(match)-1]))
				}
			}
			swapped := patterns[1].ReplaceAll(text, []byte("$3.$2.$1"))
			sum = kernel.MixBytes(sum, swapped)
		}
		return sum
	})
}
