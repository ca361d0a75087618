// Package skerry runs WebAssembly modules in Go programs that are built without cgo: C code and Go
// modules, sandboxed, at near native speed.
//
//	rt, err := skerry.New()
//	mod, err := rt.Compile(ctx, wasm)
//	inst, err := mod.Instantiate(ctx, nil)
//	add, err := skerry.Func2[int32, int32, int32](inst, "add")
//	sum, err := add(ctx, 2, 3)
//
// The engine is a shared library, libskerry.so or skerry.dll, that New loads: from the path it is
// given, from the environment variable SKERRY_LIBRARY, from the program itself if it was built with
// the tag skerry_embed, or from beside the executable. Nothing is searched in the current folder.
//
// # Calls
//
// Typed calls of a guest, and a guest's calls of Go functions, allocate nothing. The guest runs on a
// stack of the engine's; host functions, waits and requests of Go's scheduler leave that stack and
// come back to it. So the garbage collector, goroutine preemption, profiles and panics work as if the
// guest were Go: a guest that loops holds up nobody.
//
// # Contexts
//
// A context that is cancelled interrupts the guest, in a loop or in a wait, and the call returns an
// *[Error] that wraps the context's error. After that the instance can be called again; what the
// guest left half done in its memory is its own affair.
//
// # Goroutines
//
// A [Runtime] and a [Module] may be used by any goroutine. An [Instance], with its memories and
// funcs, by one at a time, like a map: [Pool] hands out instances to goroutines. A host function may
// call the instance that called it.
//
// # Native libraries
//
// [Config].Libraries names manifests: functions of shared libraries that the module imports, called
// without cgo and without a C compiler. What is passed is checked against the module's memory; what
// the library does with it is not. A policy says which functions a module may have.
//
// # Memory
//
// What an instance uses is outside of Go's heap. Close gives it back; nothing else does.
package skerry
