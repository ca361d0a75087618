package main

// What docs/guide/from-wazero.md says of Skerry. run.py runs this, with the guest's file in GUEST; the
// tests of the same names beside wazero's program are the other side.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"skerry.dev/skerry"
)

var ctx = context.Background()

type guest struct {
	*skerry.Instance
	t testing.TB
}

// newGuest makes a guest whose host function is called.
func newGuest(t testing.TB, mount skerry.Mount, called func(*skerry.Caller) float64) guest {
	t.Helper()
	wasm, err := os.ReadFile(os.Getenv("GUEST"))
	if err != nil {
		t.Fatal(err)
	}
	rt, err := skerry.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rt.Close() })
	mod, err := rt.Compile(ctx, wasm)
	if err != nil {
		t.Fatal(err)
	}
	env := skerry.NewHostModule("env").Func("price",
		skerry.Host2(func(c *skerry.Caller, _, _ uint32) float64 { return called(c) }))
	config := &skerry.Config{Hosts: []*skerry.HostModule{env}, WASI: &skerry.WASI{}}
	if mount.Guest != "" {
		config.WASI.Mounts = []skerry.Mount{mount}
	}
	inst, err := mod.Instantiate(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	return guest{inst, t}
}

func free(*skerry.Caller) float64 { return 0 }

func (g guest) try(name string, args ...uint64) (int64, error) {
	g.t.Helper()
	f, err := g.Func(name)
	if err != nil {
		g.t.Fatal(err)
	}
	results, err := f.Call(ctx, args...)
	if err != nil || len(results) == 0 {
		return 0, err
	}
	return int64(results[0]), nil
}

func (g guest) call(name string, args ...uint64) int64 {
	g.t.Helper()
	result, err := g.try(name, args...)
	if err != nil {
		g.t.Fatal(err)
	}
	return result
}

func (g guest) fileSize(path string) int32 {
	g.t.Helper()
	at, err := place(ctx, g.Instance, path+"\x00")
	if err != nil {
		g.t.Fatal(err)
	}
	return int32(g.call("file_size", uint64(at)))
}

func TestInitialize(t *testing.T) {
	if newGuest(t, skerry.Mount{}, free).call("is_initialized") != 1 {
		t.Error("Instantiate does not call _initialize")
	}
}

func TestClocksAndRandom(t *testing.T) {
	one, two := newGuest(t, skerry.Mount{}, free), newGuest(t, skerry.Mount{}, free)
	if date := time.Unix(0, one.call("date")); time.Since(date).Abs() > time.Hour {
		t.Error(date)
	}
	if took := one.call("nap"); took < 20_000_000 {
		t.Error(took)
	}
	if one.call("random") == two.call("random") {
		t.Error("the same random bytes")
	}
}

func TestFSMountIsACopy(t *testing.T) {
	files := fstest.MapFS{"file": {Data: []byte("1234")}}
	g := newGuest(t, skerry.Mount{Guest: "/data", FS: files}, free)
	files["file"] = &fstest.MapFile{Data: []byte("123456")}
	if size := g.fileSize("/data/file"); size != 4 {
		t.Error(size)
	}
}

func TestLinkThatLeadsOut(t *testing.T) {
	folder := t.TempDir()
	data := filepath.Join(folder, "data")
	if err := errors.Join(os.Mkdir(data, 0o700), os.WriteFile(filepath.Join(folder, "other"), []byte("1234"), 0o600),
		os.Symlink("../other", filepath.Join(data, "link"))); err != nil {
		t.Fatal(err)
	}
	g := newGuest(t, skerry.Mount{Guest: "/data", Host: data, Access: skerry.ReadWrite}, free)
	if size := g.fileSize("/data/link"); size != -1 {
		t.Error("followed")
	}
}

func TestBytesInPlaceAfterGrowth(t *testing.T) {
	g := newGuest(t, skerry.Mount{}, free)
	at := uint64(g.call("malloc", 16))
	memory, err := g.Memory()
	if err != nil {
		t.Fatal(err)
	}
	g.call("grow", 10)
	if err := memory.Use(at, 1, func(b []byte) error { b[0] = 77; return nil }); err != nil {
		t.Fatal(err)
	}
	if g.call("first_byte", at) != 77 {
		t.Error("the guest does not see it")
	}
}

func TestAfterExit(t *testing.T) {
	g := newGuest(t, skerry.Mount{}, free)
	var exit *skerry.ExitError
	if _, err := g.try("quit", 0); !errors.As(err, &exit) || exit.Status != 0 {
		t.Error(err)
	}
	if g.call("add", 1, 2) != 3 {
		t.Error("cannot be called")
	}
}

func TestHostFunctionThatPanics(t *testing.T) {
	g := newGuest(t, skerry.Mount{}, func(*skerry.Caller) float64 { panic("a bug") })
	at := uint64(g.call("malloc", 16))
	defer func() {
		if recover() != "a bug" {
			t.Error("the panic is lost")
		}
	}()
	g.try("total", at, 1)
	t.Error("no panic")
}

func TestCloseWhileItRuns(t *testing.T) {
	var g guest
	g = newGuest(t, skerry.Mount{}, func(*skerry.Caller) float64 {
		if err := g.Close(); err != skerry.ErrBusy {
			t.Error(err)
		}
		return 2
	})
	at := uint64(g.call("malloc", 16))
	memory, err := g.Memory()
	if err != nil || !memory.Write(at, []byte("x")) {
		t.Fatal(err)
	}
	g.call("total", at, 1)
}

func TestMemoryAfterClose(t *testing.T) {
	g := newGuest(t, skerry.Mount{}, free)
	memory, err := g.Memory()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := memory.Read(1024, 4); ok {
		t.Error("read")
	}
}

func TestContextThatIsDone(t *testing.T) {
	g := newGuest(t, skerry.Mount{}, free)
	done, cancel := context.WithCancel(ctx)
	cancel()
	add, err := skerry.Func2[int32, int32, int32](g.Instance, "add")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := add(done, 1, 2); err != context.Canceled {
		t.Error(err)
	}
}
