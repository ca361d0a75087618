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
	"reflect"
	"sync"
	"unsafe"
)

// symbols of the library that the SDK calls: one row each.
type symbols struct {
	ErrorDelete           uintptr `symbol:"skerry_error_delete"`
	ErrorName             uintptr `symbol:"skerry_error_name"`
	ErrorMessage          uintptr `symbol:"skerry_error_message"`
	ErrorIsExit           uintptr `symbol:"skerry_error_is_exit"`
	ErrorNew              uintptr `symbol:"skerry_error_new"`
	EngineNew             uintptr `symbol:"skerry_engine_new"`
	EngineDelete          uintptr `symbol:"wasm_engine_delete"`
	ModuleNew             uintptr `symbol:"skerry_module_new"`
	ModuleDelete          uintptr `symbol:"wasm_shared_module_delete"`
	ModuleHasStart        uintptr `symbol:"skerry_module_has_start"`
	StoreNew              uintptr `symbol:"skerry_store_new"`
	StoreDelete           uintptr `symbol:"wasm_store_delete"`
	StoreSetFuel          uintptr `symbol:"skerry_store_set_fuel"`
	StoreFuel             uintptr `symbol:"skerry_store_fuel"`
	StoreInterruptNew     uintptr `symbol:"skerry_store_interrupt_new"`
	InterruptDelete       uintptr `symbol:"skerry_interrupt_delete"`
	Interrupt             uintptr `symbol:"skerry_interrupt"`
	StoreClearInterrupt   uintptr `symbol:"skerry_store_clear_interrupt"`
	LinkerNew             uintptr `symbol:"skerry_linker_new"`
	LinkerDelete          uintptr `symbol:"skerry_linker_delete"`
	LinkerDefineInstance  uintptr `symbol:"skerry_linker_define_instance"`
	LinkerDefineFiberFunc uintptr `symbol:"skerry_linker_define_fiber_func"`
	LinkerInstantiate     uintptr `symbol:"skerry_linker_instantiate"`
	LinkerDefineWASI      uintptr `symbol:"skerry_linker_define_wasi"`
	LinkerDefineLibraries uintptr `symbol:"skerry_linker_define_libraries"`
	WASINew               uintptr `symbol:"skerry_wasi_new"`
	WASIDelete            uintptr `symbol:"skerry_wasi_delete"`
	WASIAddArgument       uintptr `symbol:"skerry_wasi_add_argument"`
	WASIAddVariable       uintptr `symbol:"skerry_wasi_add_variable"`
	WASIAddFolder         uintptr `symbol:"skerry_wasi_add_folder"`
	WASISetPolicy         uintptr `symbol:"skerry_wasi_set_policy"`
	WASIInheritStdio      uintptr `symbol:"skerry_wasi_inherit_stdio"`
	WASISetFiberStream    uintptr `symbol:"skerry_wasi_set_fiber_stream"`
	InstanceFunc          uintptr `symbol:"skerry_instance_func"`
	FuncDelete            uintptr `symbol:"skerry_func_delete"`
	FuncSlots             uintptr `symbol:"skerry_func_slots"`
	FuncType              uintptr `symbol:"skerry_func_type"`
	FuncStart             uintptr `symbol:"skerry_func_start"`
	InstanceAddFiberFunc  uintptr `symbol:"skerry_instance_add_fiber_func"`
	InstanceMemory        uintptr `symbol:"skerry_instance_memory"`
	MemoryBounds          uintptr `symbol:"skerry_memory_bounds"`
	MemoryGrow            uintptr `symbol:"wasm_memory_grow"`
	MemoryDelete          uintptr `symbol:"wasm_memory_delete"`
	InstanceDelete        uintptr `symbol:"wasm_instance_delete"`
	InstanceID            uintptr `symbol:"skerry_instance_id"`
	FiberNew              uintptr `symbol:"skerry_fiber_new"`
	FiberDelete           uintptr `symbol:"skerry_fiber_delete"`
	FiberCall             uintptr `symbol:"skerry_fiber_call"`
	FiberCallMany         uintptr `symbol:"skerry_fiber_call_many"`
	FiberInstantiate      uintptr `symbol:"skerry_fiber_instantiate"`
	FiberSwitch           uintptr `symbol:"skerry_fiber_switches"`
	FiberPauseEvery       uintptr `symbol:"skerry_fiber_pause_every"`
	PauseOnSignal         uintptr `symbol:"skerry_pause_on_signal"`
	PlaceCodeNear         uintptr `symbol:"skerry_place_code_near"`
}

// find looks all of them up; the error names the first that is missing.
func (s *symbols) find(handle uintptr) error {
	fields := reflect.ValueOf(s).Elem()
	for i := range fields.NumField() {
		name := fields.Type().Field(i).Tag.Get("symbol")
		address, err := findSymbol(handle, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fields.Field(i).SetUint(uint64(address))
	}
	return nil
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
	if err := found.symbols.find(handle); err != nil {
		return fmt.Errorf("%s is another version of the library: %w", path, err)
	}
	switches := (*struct {
		size                                   uintptr
		start, resume, startFromC, resumeFromC uintptr
	})(Pointer(Call(found.FiberSwitch)))
	found.start, found.resume = switches.start, switches.resume
	found.startFromC, found.resumeFromC = switches.startFromC, switches.resumeFromC
	found.path = path
	theLibrary = found
	Call(found.PlaceCodeNear, reflect.ValueOf(run).Pointer())
	return preparePauses()
}

// Pointer is an address of the library's memory, which the collector does not look after.
func Pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// String copies a text of the library's.
func String(address uintptr) string {
	if address == 0 {
		return ""
	}
	start := (*byte)(Pointer(address))
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
