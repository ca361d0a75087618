package skerry_test

import (
	"os"
	"path/filepath"
	"testing"

	"skerry.dev/skerry"
)

// FuzzCompile: whatever the bytes are, there is a module or an error.
func FuzzCompile(f *testing.F) {
	for _, wat := range []string{"", "(module)", addModule, hostModule, mixModule, "\x00asm\x01\x00\x00\x00"} {
		f.Add([]byte(wat))
	}
	rt, err := skerry.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, wasm []byte) {
		mod, err := rt.Compile(ctx, wasm)
		if err != nil {
			return
		}
		if in, err := mod.Instantiate(ctx, &skerry.Config{Fuel: 1000, NoInitialize: true,
			MemoryBytes: 1 << 24}); err == nil {
			in.Close()
		}
		if err := mod.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzMemory: every access is inside or refused, and what was written is read back.
func FuzzMemory(f *testing.F) {
	f.Add(uint64(0), uint64(65536), []byte("x"))
	f.Add(uint64(65535), uint64(1), []byte("xy"))
	f.Add(^uint64(0), ^uint64(0), []byte{})
	in := loops(f, func(*skerry.Caller) {})
	m, err := in.Memory()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, offset, length uint64, bytes []byte) {
		inside := offset <= m.Size() && uint64(len(bytes)) <= m.Size()-offset
		if m.Write(offset, bytes) != inside {
			t.Fatal(offset, len(bytes))
		}
		if got, ok := m.ReadString(offset, uint64(len(bytes))); ok != inside || ok && got != string(bytes) {
			t.Fatal(offset, got)
		}
		if length < 1<<20 {
			_, ok := m.Read(offset, length)
			if ok != (length <= m.Size() && offset <= m.Size()-length) {
				t.Fatal(offset, length)
			}
		}
		m.ReadCString(offset, length)
		m.Uint64(offset)
		m.PutUint16(offset, 7)
	})
}

// FuzzCall: any arguments of any number.
func FuzzCall(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint8(2))
	in := instantiate(f, mixModule, &skerry.Config{Hosts: []*skerry.HostModule{
		skerry.NewHostModule("env").Func("f", skerry.Host1(func(_ *skerry.Caller, n int32) int32 { return n }))}})
	add, err := in.Func("add")
	if err != nil {
		f.Fatal(err)
	}
	divide, err := in.Func("divide")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b uint64, count uint8) {
		args := []uint64{a, b, a, b}[:count%5]
		results, err := add.Call(ctx, args...)
		if (err == nil) != (len(args) == 2) {
			t.Fatal(err)
		}
		if err == nil && skerry.DecodeI32(results[0]) != int32(a)+int32(b) {
			t.Fatal(results)
		}
		if _, err := divide.Call(ctx, a, b); (err != nil) != (int32(b) == 0 || int32(a) == -1<<31 && int32(b) == -1) {
			t.Fatal(a, b, err)
		}
	})
}

func TestLeaksAreReported(t *testing.T) {
	leaked := make(chan string, 1)
	skerry.ReportLeaks(func(what string) { leaked <- what })
	defer skerry.ReportLeaks(nil)
	func() {
		rt, err := skerry.New()
		if err != nil {
			t.Fatal(err)
		}
		_ = rt
	}()
	for range 100 {
		collect()
		select {
		case what := <-leaked:
			if what != "Runtime" {
				t.Fatal(what)
			}
			return
		default:
		}
	}
	t.Fatal("the leak was not reported")
}

func TestLibraryIsFoundWhereItIsNamed(t *testing.T) {
	if _, err := skerry.New(skerry.WithLibrary(filepath.Join(tempDir(t), "none.so"))); err == nil {
		t.Fatal("a library that does not exist was loaded")
	}
	if named := os.Getenv("SKERRY_LIBRARY"); named != "" {
		rt, err := skerry.New(skerry.WithLibrary(named))
		if err != nil {
			t.Fatal(err)
		}
		rt.Close()
	}
}
