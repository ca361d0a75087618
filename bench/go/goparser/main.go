// go/parser, go/ast and go/format over generated Go source: a compiler front end's mix of maps,
// interfaces and small allocations.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"

	"skerry/bench/kernel"
)

const function = `
// step%d adjusts one reading of line %d.
func step%d(values []float64, limit int) (total float64, err error) {
	type window struct{ low, high float64 }
	table := map[string]window{"a": {1.5, %d}, "b": {low: -2, high: 1e3}}
	for i, v := range values {
		switch {
		case i >= limit && v > table["a"].high:
			return total, errors.New("step%d: out of range")
		case v < 0:
			defer func() { total += v*%d - 1 }()
		default:
			total += math.Sqrt(v) / float64(i+1)<<%d
		}
	}
	if w, ok := table["b"]; ok && (total > w.low || !(total <= w.high)) {
		go report(func(x int) bool { return x&%d != 0 }, values[:limit]...)
	}
	return
}
`

func makeSource(functions int) []byte {
	var source bytes.Buffer
	source.WriteString("package plant\n\nimport (\n\t\"errors\"\n\t\"math\"\n)\n")
	for i := range functions {
		fmt.Fprintf(&source, function, i, i%17, i, i*3, i, i%9, i%5, i%64)
	}
	return source.Bytes()
}

func main() {
	source := makeSource(120)
	kernel.Main(22, func(repeats int) (sum uint64) {
		for range repeats {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, "plant.go", source, parser.ParseComments)
			if err != nil {
				panic(err)
			}
			calls, names := 0, uint64(0)
			ast.Inspect(file, func(node ast.Node) bool {
				switch n := node.(type) {
				case *ast.CallExpr:
					calls++
				case *ast.Ident:
					names = kernel.MixBytes(names, n.Name)
				}
				return true
			})
			var printed bytes.Buffer
			if err := format.Node(&printed, files, file); err != nil {
				panic(err)
			}
			sum = kernel.MixBytes(kernel.Mix(sum, names+uint64(calls)), printed.Bytes())
		}
		return sum
	})
}
