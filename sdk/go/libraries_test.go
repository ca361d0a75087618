package skerry_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"skerry.dev/skerry"
)

// Functions of each system's own libraries under the same names: cosine of libm, or MulDiv of
// kernel32 for a number; a wait; a function that calls back.
const systemManifest = `
[libraries.number]
linux = "libm.so.6"
windows = "kernel32.dll"
system = true
functions.cos = { parameters = ["f64"], result = "f64" }
functions.MulDiv = { parameters = ["i32", "i32", "i32"], result = "i32" }

[libraries.wait]
linux = "libc.so.6"
windows = "kernel32.dll"
system = true
functions.usleep = { parameters = ["u32"], result = "i32", blocking = true }
functions.Sleep = { parameters = ["u32"], blocking = true }

[libraries.each]
linux = "libc.so.6"
windows = "kernel32.dll"
system = true
functions.qsort = { parameters = ["inout buffer[n * 4]", "n: size", "size", "callback compare"] }
functions.EnumSystemCodePagesA = { parameters = ["callback code_page", "u32"], result = "bool" }
functions.current_thread = { CURRENT_THREAD }

[libraries.each.callbacks]
compare = { parameters = ["address", "address"], result = "i32" }
code_page = { parameters = ["cstr"], result = "bool" }
`

const linuxGuest = `(module
	(import "number" "cos" (func $cos (param f64) (result f64)))
	(import "wait" "usleep" (func $usleep (param i32) (result i32)))
	(import "each" "qsort" (func $qsort (param i32 i32 i32 i32)))
	(import "each" "current_thread" (func $thread (result i64)))
	(import "env" "turn" (func $turn))
	(memory (export "memory") 1)
	(table funcref (elem $none $compare))
	(global $moved (mut i32) (i32.const 0))
	(func $none)
	(func $compare (param i32 i32) (result i32) (local i64)
	  (local.set 2 (call $thread))
	  (call $turn)
	  (if (i64.ne (local.get 2) (call $thread)) (then (global.set $moved (i32.const 1))))
	  (i32.sub (i32.load (local.get 0)) (i32.load (local.get 1))))
	(func (export "number") (result i32) (i32.trunc_f64_s (f64.mul (f64.const 42) (call $cos (f64.const 0)))))
	(func (export "wait") (drop (call $usleep (i32.const 100000))))
	(func (export "each") (result i32)
	  (i32.store (i32.const 16) (i32.const 9)) (i32.store (i32.const 20) (i32.const 7))
	  (i32.store (i32.const 24) (i32.const 8))
	  (call $qsort (i32.const 16) (i32.const 3) (i32.const 4) (i32.const 1))
	  (if (global.get $moved) (then (return (i32.const -1))))
	  (i32.load (i32.const 16))))`

// EnumSystemCodePages calls back seven times, and is told to stop.
const windowsGuest = `(module
	(import "number" "MulDiv" (func $mul_div (param i32 i32 i32) (result i32)))
	(import "wait" "Sleep" (func $sleep (param i32)))
	(import "each" "EnumSystemCodePagesA" (func $enum (param i32 i32) (result i32)))
	(import "each" "current_thread" (func $thread (result i32)))
	(import "env" "turn" (func $turn))
	(memory (export "memory") 1)
	(table funcref (elem $none $one))
	(global $count (mut i32) (i32.const 0))
	(global $moved (mut i32) (i32.const 0))
	(func (export "malloc") (param i32) (result i32) (i32.const 1024))
	(func (export "free") (param i32))
	(func $none)
	(func $one (param i32) (result i32) (local i32)
	  (local.set 1 (call $thread))
	  (call $turn)
	  (if (i32.ne (local.get 1) (call $thread)) (then (global.set $moved (i32.const 1))))
	  (global.set $count (i32.add (global.get $count) (i32.const 1)))
	  (i32.lt_u (global.get $count) (i32.const 7)))
	(func (export "number") (result i32) (call $mul_div (i32.const 84) (i32.const 3) (i32.const 6)))
	(func (export "wait") (call $sleep (i32.const 100)))
	(func (export "each") (result i32)
	  (global.set $count (i32.const 0))
	  (drop (call $enum (i32.const 1) (i32.const 2)))
	  (if (global.get $moved) (then (return (i32.const -1))))
	  (global.get $count)))`

func writeManifest(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(tempDir(t), "system.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func systemGuest() (guest, manifest string) {
	if runtime.GOOS == "windows" {
		return windowsGuest, strings.Replace(systemManifest, "CURRENT_THREAD",
			`symbol = "GetCurrentThreadId", result = "u32"`, 1)
	}
	return linuxGuest, strings.Replace(systemManifest, "CURRENT_THREAD",
		`symbol = "pthread_self", result = "u64"`, 1)
}

func libraryInstance(t *testing.T, policy string) (*skerry.Instance, error) {
	t.Helper()
	guest, manifest := systemGuest()
	env := skerry.NewHostModule("env").Func("turn", skerry.HostProc0(func(*skerry.Caller) {
		// Lets others have the thread, if it can be had.
		time.Sleep(100 * time.Microsecond)
		runtime.Gosched()
	}))
	mod, err := newRuntime(t).Compile(ctx, []byte(guest))
	if err != nil {
		t.Fatal(err)
	}
	return mod.Instantiate(ctx, &skerry.Config{Hosts: []*skerry.HostModule{env},
		Libraries: []string{writeManifest(t, manifest)}, Policy: policy})
}

func TestLibraries(t *testing.T) {
	in, err := libraryInstance(t, "")
	if err != nil {
		t.Fatal(err)
	}
	number, err := skerry.Func0[int32](in, "number")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := number(ctx); err != nil || got != 42 {
		t.Fatal(got, err)
	}
	// What may wait holds up no goroutine: with one processor others run meanwhile.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	done := make(chan error)
	go func() { done <- proc(t, in, "wait")(ctx) }()
	turns := 0
	for waiting := true; waiting; turns++ {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			waiting = false
		default:
			runtime.GC()
		}
	}
	if turns < 2 {
		t.Error("nothing ran while the function waited")
	}
}

// While native code is in the middle of a call that calls back, it stays on its thread, whatever the
// host functions do that the callback calls.
func TestLibraryCallbacks(t *testing.T) {
	in, err := libraryInstance(t, "")
	if err != nil {
		t.Fatal(err)
	}
	each, err := skerry.Func0[int32](in, "each")
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var others sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		others.Add(1)
		go func() {
			defer others.Done()
			for {
				select {
				case <-stop:
					return
				default:
					time.Sleep(50 * time.Microsecond)
				}
			}
		}()
	}
	for range 50 {
		if got, err := each(ctx); err != nil || got != 7 {
			t.Error(got, err)
			break
		}
	}
	close(stop)
	others.Wait()
}

func TestLibraryPolicy(t *testing.T) {
	_, err := libraryInstance(t, "[host]\nlibraries = [\"number.*\", \"wait.*\"]\n")
	if name(err) != "PolicyDenied" || !strings.Contains(err.Error(), "each.") ||
		!strings.Contains(err.Error(), "policy:2: no entry of host.libraries names it") {
		t.Fatal(err)
	}
	if _, err := libraryInstance(t, "[host]\nlibraries = [\"number.*\", \"wait.*\", \"each.*\"]\n"); err != nil {
		t.Fatal(err)
	}
	// A policy that is WASI's alone is asked as well.
	guest, manifest := systemGuest()
	mod, err := newRuntime(t).Compile(ctx, []byte(guest))
	if err != nil {
		t.Fatal(err)
	}
	_, err = mod.Instantiate(ctx, &skerry.Config{Libraries: []string{writeManifest(t, manifest)},
		WASI: &skerry.WASI{Policy: "[process]\nexit = true\n"}})
	if name(err) != "PolicyDenied" {
		t.Fatal(err)
	}
}

func TestLibraryErrors(t *testing.T) {
	mod, err := newRuntime(t).Compile(ctx, []byte(`(module (import "vendor" "read" (func)))`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"[libraries.vendor]\nfile = \"no-such-vendor\"\nfunctions.read = {}\n": "no-such-vendor",
		"[libraries.vendor]\nfile = 1\n":                                       "system.toml:2",
	} {
		_, err := mod.Instantiate(ctx, &skerry.Config{Libraries: []string{writeManifest(t, text)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Error(text, err)
		}
	}
	if _, err := mod.Instantiate(ctx, &skerry.Config{Libraries: []string{"no-such.toml"}}); err == nil {
		t.Error("a manifest that is not there")
	}
}

func TestLastErrorOfSeveralManifests(t *testing.T) {
	// What leaves 9 there, on either system, and what it takes.
	function, argument := `symbol = "close", error = "errno"`, int32(-1)
	if runtime.GOOS == "windows" {
		function, argument = `symbol = "SetLastError", error = "last_error"`, 9
	}
	var manifests []string
	for _, name := range []string{"first", "second"} {
		manifests = append(manifests, writeManifest(t, "[libraries."+name+`]
linux = "libc.so.6"
windows = "kernel32.dll"
system = true
functions.fail = { `+function+`, parameters = ["i32"] }
`))
	}
	mod, err := newRuntime(t).Compile(ctx, []byte(`(module
		(import "first" "fail" (func $first (param i32)))
		(import "second" "fail" (func $second (param i32)))
		(import "skerry" "last_error" (func $error (result i32)))
		(func (export "second") (param i32) (result i32) (call $second (local.get 0)) (call $error)))`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := mod.Instantiate(ctx, &skerry.Config{Libraries: manifests})
	if err != nil {
		t.Fatal(err)
	}
	second, err := skerry.Func1[int32, int32](in, "second")
	if err != nil {
		t.Fatal(err)
	}
	if code, err := second(ctx, argument); code != 9 || err != nil {
		t.Fatal(code, err)
	}
}
