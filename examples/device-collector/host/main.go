// The service that hosts the collector: a Go program without cgo. Beside it lie the engine
// (libskerry.so or skerry.dll), the vendor's library, its manifest, the policy and the module.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"skerry.dev/skerry"
)

func run() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	beside := func(name string) string { return filepath.Join(filepath.Dir(program), name) }
	module, err := os.ReadFile(beside("collector.wasm"))
	if err != nil {
		return err
	}
	policy, err := os.ReadFile(beside("policy.toml"))
	if err != nil {
		return err
	}
	ctx := context.Background()
	rt, err := skerry.New()
	if err != nil {
		return err
	}
	defer rt.Close()
	compiled, err := rt.Compile(ctx, module)
	if err != nil {
		return err
	}
	defer compiled.Close()
	instance, err := compiled.Instantiate(ctx, &skerry.Config{
		Libraries: []string{beside("device.toml")},
		Policy:    string(policy),
		WASI: &skerry.WASI{Args: append([]string{"collector"}, os.Args[1:]...),
			Stdout: os.Stdout, Stderr: os.Stderr},
	})
	if err != nil {
		return err
	}
	defer instance.Close()
	return instance.Run(ctx)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
