package skerry

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"unsafe"

	"skerry.dev/skerry/internal/native"
)

// Config says what an instance is given. The zero Config, like nil, gives nothing: no host function,
// no WASI. A Config may be used for many instances, at the same time.
type Config struct {
	// Hosts are host functions that the module may import.
	Hosts []*HostModule
	// Links are instances whose exports the module may import, by module name. All of them, and the
	// new instance, then share a store: one of them runs at a time.
	Links map[string]*Instance
	// WASI, if set, gives the module the functions of WASI preview1.
	WASI *WASI

	// Libraries are paths of manifests: they say which imports of the module are functions of native
	// libraries. A library is looked for beside the program, in the folders that its manifest lists
	// and in the system's, and is loaded if the module imports something of it. Native code is not
	// sandboxed, and no context interrupts it; functions that may wait say `blocking = true`, or
	// they hold up Go's scheduler.
	Libraries []string
	// Policy is the text of a policy file, in TOML. Where there is one, its host.libraries have to
	// name each function of Libraries that the module imports. It is WASI's too, if that has none of
	// its own; and WASI's is that of Libraries, if this is empty.
	Policy string

	// MemoryBytes limits all memories of the store together. 0: no limit but the modules' own.
	MemoryBytes uint64
	// StackBytes is how much stack calls of the guest may use. 0: 1 MiB. If there is not so much, the
	// first call says so.
	StackBytes uint64
	// Fuel of the instance, of a runtime WithFuel: see [Instance.SetFuel].
	Fuel uint64

	// NoInitialize leaves `_initialize`, which libraries export, to the caller.
	NoInitialize bool
}

// storeOptions is skerry_store_options_t.
type storeOptions struct {
	size           uintptr
	memoryBytes    uint64
	tableElements  uint64
	instances      uint64
	wasmStackBytes uint64
}

// Access says what a guest may do in a folder.
type Access uint32

const (
	Read   Access = 1 << iota // open and list
	Write                     // change what is there
	Create                    // make files and folders
	Delete                    // remove and rename

	ReadWrite = Read | Write | Create | Delete
)

// WASI says what a program sees of the world: nothing but this.
type WASI struct {
	// Args of the program, its name first.
	Args []string
	// Env is the environment, each as "NAME=value".
	Env []string
	// Mounts are folders.
	Mounts []Mount
	// Policy is the text of a policy file, in TOML: rules of the network and of process exit.
	Policy string
	// Standard streams; where one is nil there is nothing to read, and what is written is forgotten.
	// The process's own, os.Stdin and so on, are used by the guest directly; others are read and
	// written by the goroutine that called the guest.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Mount is a folder of the host's, or the files of an fs.FS, under a path of the guest's.
type Mount struct {
	Guest string
	// Host is the folder's path.
	Host   string
	Access Access // 0: Read
	// FS, instead of Host: its files are copied into a folder of the instance's own, which is
	// removed with it. They are as they were when the instance was made; what the guest changes
	// there, if Access lets it, is nobody else's.
	FS fs.FS
}

// defineLibraries gives the linker the manifests.
func (c *Config) defineLibraries(linker uintptr) error {
	policy := c.Policy
	if policy == "" && c.WASI != nil {
		policy = c.WASI.Policy
	}
	var text *byte // none
	if policy != "" {
		text = native.CString(policy)
	}
	for _, path := range c.Libraries {
		if err := takeError(native.Call(native.S().LinkerDefineLibraries, linker,
			uintptr(unsafe.Pointer(native.CString(path))), uintptr(unsafe.Pointer(text)))); err != nil {
			return err
		}
	}
	return nil
}

// define gives the linker what is asked for; policy is used if there is none of its own. cleanup is to be called when the store is gone.
func (w *WASI) define(st *store, linker uintptr, policy string) (cleanup func() error, err error) {
	s := native.S()
	wasi := native.Call(s.WASINew)
	if wasi == 0 {
		return nil, &Error{Name: "OutOfMemory", Message: "out of memory"}
	}
	var folders []string
	cleanup = func() error { return removeFolders(folders) }
	fail := func(err error) (func() error, error) {
		native.Call(s.WASIDelete, wasi)
		cleanup()
		return nil, err
	}
	for _, arg := range w.Args {
		if err := takeError(native.Call(s.WASIAddArgument, wasi,
			uintptr(unsafe.Pointer(native.CString(arg))))); err != nil {
			return fail(err)
		}
	}
	for _, variable := range w.Env {
		name, value, ok := cutVariable(variable)
		if !ok {
			return fail(fmt.Errorf("skerry: the variable %q is not of the form NAME=value", variable))
		}
		if err := takeError(native.Call(s.WASIAddVariable, wasi,
			uintptr(unsafe.Pointer(native.CString(name))),
			uintptr(unsafe.Pointer(native.CString(value))))); err != nil {
			return fail(err)
		}
	}
	for _, mount := range w.Mounts {
		host := mount.Host
		if mount.FS != nil {
			if host != "" {
				return fail(fmt.Errorf("skerry: the mount %q has both Host and FS", mount.Guest))
			}
			if host, err = copyFiles(mount.FS); host != "" {
				folders = append(folders, host)
			}
			if err != nil {
				return fail(err)
			}
		}
		access := mount.Access
		if access == 0 {
			access = Read
		}
		if err := takeError(native.Call(s.WASIAddFolder, wasi,
			uintptr(unsafe.Pointer(native.CString(mount.Guest))),
			uintptr(unsafe.Pointer(native.CString(host))), uintptr(access))); err != nil {
			return fail(err)
		}
	}
	if w.Policy != "" {
		policy = w.Policy
	}
	if policy != "" {
		if err := takeError(native.Call(s.WASISetPolicy, wasi,
			uintptr(unsafe.Pointer(native.CString(policy))))); err != nil {
			return fail(err)
		}
	}
	if err := w.defineStreams(st, wasi); err != nil {
		return fail(err)
	}
	// Given away, whatever comes.
	if err := takeError(native.Call(s.LinkerDefineWASI, linker, wasi)); err != nil {
		cleanup()
		return nil, err
	}
	return cleanup, nil
}

// defineStreams makes host functions of those that are Go's.
func (w *WASI) defineStreams(st *store, wasi uintptr) error {
	s := native.S()
	native.Call(s.WASIInheritStdio, wasi, word(w.Stdin == os.Stdin), word(w.Stdout == os.Stdout),
		word(w.Stderr == os.Stderr))
	var streams [3]func(*Caller, unsafe.Pointer)
	if w.Stdin != nil && w.Stdin != os.Stdin {
		streams[0] = streamFunc(w.Stdin.Read)
	}
	if w.Stdout != nil && w.Stdout != os.Stdout {
		streams[1] = streamFunc(w.Stdout.Write)
	}
	if w.Stderr != nil && w.Stderr != os.Stderr {
		streams[2] = streamFunc(w.Stderr.Write)
	}
	for i, stream := range streams {
		if stream == nil {
			continue
		}
		if err := takeError(native.Call(s.WASISetFiberStream, wasi, uintptr(i),
			uintptr(len(st.hosts)))); err != nil {
			return err
		}
		st.hosts = append(st.hosts, hostFunc{"stream", HostFunc{call: stream}})
	}
	return nil
}

// streamFunc reads into the guest's memory or writes from it.
func streamFunc(move func([]byte) (int, error)) func(*Caller, unsafe.Pointer) {
	return func(_ *Caller, first unsafe.Pointer) {
		slots := (*[2]uint64)(first)
		count, err := move(unsafe.Slice((*byte)(native.Pointer(uintptr(slots[0]))), slots[1]))
		if count == 0 && err != nil && err != io.EOF {
			slots[0] = ^uint64(0)
			return
		}
		slots[0] = uint64(max(count, 0))
	}
}

func word(b bool) uintptr {
	if b {
		return 1
	}
	return 0
}
