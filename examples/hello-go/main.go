// Hello greets everyone named on its command line, and can keep the greeting in a file. It is an
// ordinary Go program: build it with GOOS=wasip1 GOARCH=wasm and it runs in a sandbox, where it sees
// only the arguments, variables and folders that it is given.
//
//	./dev run examples/hello-go Ada Grace
//	./dev run --env GREETING=Ahoy examples/hello-go
//	./dev run --dir . examples/hello-go -file greeting.txt Ada
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
)

func main() {
	file := flag.String("file", "", "write the greeting to this file and read it back")
	flag.Parse()

	greeting := os.Getenv("GREETING")
	if greeting == "" {
		greeting = "Hello"
	}
	names := flag.Args()
	if len(names) == 0 {
		names = []string{"world"}
	}
	line := fmt.Sprintf("%s, %s, from Go on %s/%s!\n",
		greeting, strings.Join(names, " and "), runtime.GOOS, runtime.GOARCH)
	if *file != "" {
		var err error
		if line, err = throughFile(*file, line); err != nil {
			fmt.Fprintln(os.Stderr, "hello:", err)
			os.Exit(1)
		}
	}
	fmt.Print(line)
}

// throughFile writes text to a file and gives back what it then finds there.
func throughFile(name, text string) (string, error) {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return "", err
	}
	back, err := os.ReadFile(name)
	return string(back), err
}
