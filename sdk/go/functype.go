package skerry

import "strings"

var wordOfLetter = map[byte]string{
	'i': "i32", 'I': "i64", 'f': "f32", 'F': "f64", 'v': "v128", 'c': "funcref", 'e': "externref",
	'?': "another type",
}

// wordsOf is a type by letters in words.
func wordsOf(typ string) string {
	params, results, _ := strings.Cut(typ, ":")
	list := func(letters string) string {
		words := make([]string, len(letters))
		for i := range len(letters) {
			words[i] = wordOfLetter[letters[i]]
		}
		return strings.Join(words, ", ")
	}
	switch len(results) {
	case 0:
		return "(" + list(params) + ")"
	case 1:
		return "(" + list(params) + ") -> " + list(results)
	default:
		return "(" + list(params) + ") -> (" + list(results) + ")"
	}
}

// slotCounts is how many slots the arguments and the results take.
func slotCounts(typ string) (params, results int) {
	of := func(letters string) int { return len(letters) + strings.Count(letters, "v") }
	before, after, _ := strings.Cut(typ, ":")
	return of(before), of(after)
}
