// A compiler in a library of its own, loaded when it is asked for: what both sides agree on. The
// library exports one C function, kCompilerLibraryEntry, of type MakeCompiler. Not here: finding
// and loading it (embed), or the compiler (llvm). Invariant: both sides are the same version, built
// from the same tables; anything else is refused, as the interface between them is C++.
#pragma once

#include <cstdint>

#include "code/code.h"

namespace skerry {

inline constexpr char kCompilerLibraryEntry[] = "skerry_make_compiler_v1";

// A new compiler, deleted by the caller; null if `interface_id` is not the library's own.
// The library must stay loaded as long as the compiler lives.
using MakeCompiler = Compiler* (*)(uint64_t interface_id);

// A digest of the version, the context's fields, builtins, traps, opcodes and the sizes of what is
// passed between the two.
uint64_t compiler_interface_id();

}  // namespace skerry
