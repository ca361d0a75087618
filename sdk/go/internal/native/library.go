// Package native is the Go side of the library's C interface: how its functions are called, and how
// its fibers are run. Not here: what the calls mean (package skerry).
//
// Functions are called in two ways. Call is for all that may take time or is rare: the goroutine
// enters a system call, as with cgo. Runner.Run is the short way, for guests: the goroutine switches
// to the fiber's stack and stays in the scheduler's eyes what it was.
package native

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"
)

// symbols of the library that the SDK calls, by field.
type symbols struct {
	ErrorDelete, ErrorName, ErrorMessage, ErrorIsExit, ErrorNew                    uintptr
	EngineNew, EngineDelete, ModuleNew, ModuleDelete                               uintptr
	StoreNew, StoreDelete, StoreSetFuel, StoreFuel                                 uintptr
	StoreInterruptNew, InterruptDelete, Interrupt, StoreClearInterrupt             uintptr
	LinkerNew, LinkerDelete, LinkerDefineInstance, LinkerDefineFiberFunc           uintptr
	LinkerDefineWASI, LinkerDefineLibraries                                        uintptr
	WASINew, WASIDelete, WASIAddArgument, WASIAddVariable, WASIAddFolder           uintptr
	WASISetPolicy, WASIInheritStdio, WASISetFiberStream                            uintptr
	InstanceFunc, FuncDelete, FuncSlots, FuncType, InstanceMemory, MemoryBounds    uintptr
	MemoryGrow, MemoryDelete, InstanceDelete, InstanceID                           uintptr
	FiberNew, FiberDelete, FiberCall, FiberCallMany, FiberInstantiate, FiberSwitch uintptr
	PauseOnSignal, FiberPauseEvery                                                 uintptr
}

func (s *symbols) table() map[string]*uintptr {
	return map[string]*uintptr{
		"skerry_error_delete": &s.ErrorDelete, "skerry_error_name": &s.ErrorName,
		"skerry_error_message": &s.ErrorMessage, "skerry_error_is_exit": &s.ErrorIsExit,
		"skerry_error_new":  &s.ErrorNew,
		"skerry_engine_new": &s.EngineNew, "wasm_engine_delete": &s.EngineDelete,
		"skerry_module_new": &s.ModuleNew, "wasm_shared_module_delete": &s.ModuleDelete,
		"skerry_store_new": &s.StoreNew, "wasm_store_delete": &s.StoreDelete,
		"skerry_store_set_fuel": &s.StoreSetFuel, "skerry_store_fuel": &s.StoreFuel,
		"skerry_store_interrupt_new": &s.StoreInterruptNew, "skerry_interrupt_delete": &s.InterruptDelete,
		"skerry_interrupt": &s.Interrupt, "skerry_store_clear_interrupt": &s.StoreClearInterrupt,
		"skerry_linker_new": &s.LinkerNew, "skerry_linker_delete": &s.LinkerDelete,
		"skerry_linker_define_instance":   &s.LinkerDefineInstance,
		"skerry_linker_define_fiber_func": &s.LinkerDefineFiberFunc,
		"skerry_linker_define_wasi":       &s.LinkerDefineWASI,
		"skerry_linker_define_libraries":  &s.LinkerDefineLibraries,
		"skerry_wasi_new":                 &s.WASINew, "skerry_wasi_delete": &s.WASIDelete,
		"skerry_wasi_add_argument": &s.WASIAddArgument, "skerry_wasi_add_variable": &s.WASIAddVariable,
		"skerry_wasi_add_folder": &s.WASIAddFolder, "skerry_wasi_set_policy": &s.WASISetPolicy,
		"skerry_wasi_inherit_stdio":    &s.WASIInheritStdio,
		"skerry_wasi_set_fiber_stream": &s.WASISetFiberStream,
		"skerry_instance_func":         &s.InstanceFunc, "skerry_func_delete": &s.FuncDelete,
		"skerry_func_slots": &s.FuncSlots, "skerry_func_type": &s.FuncType,
		"skerry_instance_memory": &s.InstanceMemory, "skerry_memory_bounds": &s.MemoryBounds,
		"wasm_memory_grow": &s.MemoryGrow, "wasm_memory_delete": &s.MemoryDelete,
		"wasm_instance_delete": &s.InstanceDelete, "skerry_instance_id": &s.InstanceID,
		"skerry_fiber_new": &s.FiberNew, "skerry_fiber_delete": &s.FiberDelete,
		"skerry_fiber_call": &s.FiberCall, "skerry_fiber_call_many": &s.FiberCallMany,
		"skerry_fiber_instantiate": &s.FiberInstantiate, "skerry_fiber_switches": &s.FiberSwitch,
		"skerry_fiber_pause_every": &s.FiberPauseEvery,
		"skerry_pause_on_signal":   &s.PauseOnSignal,
	}
}

// library is what is loaded: once a process, never unloaded, since its fault handlers stay.
type library struct {
	symbols
	path                                   string
	start, resume, startFromC, resumeFromC uintptr
}

var (
	theLibrary library
	loading    sync.Mutex
)

// S is the library's functions, once Load has succeeded.
func S() *symbols { return &theLibrary.symbols }

// ErrOtherLibrary is answered where a second library is asked for.
var ErrOtherLibrary = errors.New("another library of skerry is loaded already")

// Load loads the library at path. A second call with the same path does nothing.
func Load(path string) error {
	loading.Lock()
	defer loading.Unlock()
	if theLibrary.path != "" {
		if theLibrary.path == path {
			return nil
		}
		return fmt.Errorf("%w: %s", ErrOtherLibrary, theLibrary.path)
	}
	handle, err := openLibrary(path)
	if err != nil {
		return err
	}
	var found library
	for name, address := range found.symbols.table() {
		if *address, err = findSymbol(handle, name); err != nil {
			return fmt.Errorf("%s is another version of the library: %s: %w", path, name, err)
		}
	}
	switches := (*struct {
		size                                   uintptr
		start, resume, startFromC, resumeFromC uintptr
	})(pointer(Call(found.FiberSwitch)))
	found.start, found.resume = switches.start, switches.resume
	found.startFromC, found.resumeFromC = switches.startFromC, switches.resumeFromC
	found.path = path
	theLibrary = found
	return preparePauses()
}

// pointer is an address of the library's memory.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// Pointer is an address of the library's memory, which the collector does not look after.
func Pointer(address uintptr) unsafe.Pointer { return pointer(address) }

// String copies a text of the library's.
func String(address uintptr) string {
	if address == 0 {
		return ""
	}
	start := (*byte)(pointer(address))
	length := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(start), length)) != 0 {
		length++
	}
	return string(unsafe.Slice(start, length))
}

// CString is text as C has it, to be passed by uintptr(unsafe.Pointer(...)) in a Call.
func CString(text string) *byte {
	bytes := make([]byte, len(text)+1)
	copy(bytes, text)
	return &bytes[0]
}

// LoadError says why a library that was loaded is of no use.
type LoadError struct{ Reason string }

func (e *LoadError) Error() string { return e.Reason }
