package main

// What docs/guide/from-wazero.md says of wazero. run.py runs this, with the guest's file in GUEST; the
// tests of the same names beside Skerry's program are the other side.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"
)

var ctx = context.Background()

type guest struct {
	api.Module
	t testing.TB
}

func initialized() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithStartFunctions("_initialize")
}

// newGuest makes a guest whose host function is called.
func newGuest(t testing.TB, config wazero.ModuleConfig, called func() float64) guest {
	t.Helper()
	wasm, err := os.ReadFile(os.Getenv("GUEST"))
	if err != nil {
		t.Fatal(err)
	}
	rt := wazero.NewRuntime(ctx)
	t.Cleanup(func() { rt.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	if _, err := rt.NewHostModuleBuilder("env").NewFunctionBuilder().
		WithFunc(func(_, _ uint32) float64 { return called() }).Export("price").Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	inst, err := rt.InstantiateWithConfig(ctx, wasm, config)
	if err != nil {
		t.Fatal(err)
	}
	return guest{inst, t}
}

func free() float64 { return 0 }

func (g guest) try(name string, args ...uint64) (int64, error) {
	results, err := g.ExportedFunction(name).Call(ctx, args...)
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
	at, err := place(ctx, g.Module, path+"\x00")
	if err != nil {
		g.t.Fatal(err)
	}
	return int32(g.call("file_size", uint64(at)))
}

func TestInitialize(t *testing.T) {
	if newGuest(t, wazero.NewModuleConfig(), free).call("is_initialized") != 0 {
		t.Error("_initialize is called by itself")
	}
	if newGuest(t, initialized(), free).call("is_initialized") != 1 {
		t.Error("_initialize is not called")
	}
}

func TestClocksAndRandom(t *testing.T) {
	one, two := newGuest(t, initialized(), free), newGuest(t, initialized(), free)
	if date := time.Unix(0, one.call("date")); date.UTC().Year() != 2022 {
		t.Error(date)
	}
	if took := one.call("nap"); took >= 20_000_000 {
		t.Error(took)
	}
	if one.call("random") != two.call("random") {
		t.Error("other random bytes")
	}
}

func TestFSMountIsLive(t *testing.T) {
	files := fstest.MapFS{"file": {Data: []byte("1234")}}
	g := newGuest(t, initialized().WithFSConfig(wazero.NewFSConfig().WithFSMount(files, "/data")), free)
	files["file"] = &fstest.MapFile{Data: []byte("123456")}
	if size := g.fileSize("/data/file"); size != 6 {
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
	g := newGuest(t, initialized().WithFSConfig(wazero.NewFSConfig().WithDirMount(data, "/data")), free)
	if size := g.fileSize("/data/link"); size != 4 {
		t.Error("not followed")
	}
}

func TestBytesInPlaceAfterGrowth(t *testing.T) {
	g := newGuest(t, initialized(), free)
	at := uint64(g.call("malloc", 16))
	bytes, _ := g.Memory().Read(uint32(at), 1)
	g.call("grow", 10)
	bytes[0] = 77
	if g.call("first_byte", at) == 77 {
		t.Error("the guest sees it")
	}
}

func TestAfterExit(t *testing.T) {
	g := newGuest(t, initialized(), free)
	var exit *sys.ExitError
	if _, err := g.try("quit", 0); !errors.As(err, &exit) || exit.ExitCode() != 0 {
		t.Error(err)
	}
	if _, err := g.try("add", 1, 2); !errors.As(err, &exit) || !g.IsClosed() {
		t.Error("can be called")
	}
}

func TestHostFunctionThatPanics(t *testing.T) {
	g := newGuest(t, initialized(), func() float64 {
		var nowhere *float64
		return *nowhere
	})
	at := uint64(g.call("malloc", 16))
	g.Memory().WriteByte(uint32(at), 'x')
	if _, err := g.try("total", at, 1); err == nil || !strings.Contains(err.Error(), "nil pointer") {
		t.Error(err)
	}
}

func TestCloseWhileItRuns(t *testing.T) {
	var g guest
	g = newGuest(t, initialized(), func() float64 {
		if err := g.Close(ctx); err != nil {
			t.Error(err)
		}
		return 2
	})
	at := uint64(g.call("malloc", 16))
	g.Memory().WriteByte(uint32(at), 'x')
	var exit *sys.ExitError
	if _, err := g.try("total", at, 1); !errors.As(err, &exit) {
		t.Error(err)
	}
}

func TestMemoryAfterClose(t *testing.T) {
	g := newGuest(t, initialized(), free)
	memory := g.Memory()
	if err := g.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, ok := memory.Read(1024, 4); !ok {
		t.Error("not read")
	}
}

func TestContextThatIsDone(t *testing.T) {
	g := newGuest(t, initialized(), free)
	done, cancel := context.WithCancel(ctx)
	cancel()
	results, err := g.ExportedFunction("add").Call(done, 1, 2)
	if err != nil || results[0] != 3 {
		t.Error(results, err)
	}
}
