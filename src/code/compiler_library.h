// A compiler in a library of its own, loaded when it is asked for: what both sides agree on. The
// library exports two C functions: kCompilerLibraryEntry, of type MakeCompiler, and
// kDisassemblerLibraryEntry, of type MakeDisassembler. Not here: finding and loading it (embed), or
// the compiler (llvm). Invariant: both sides are the same version, built
// from the same tables; anything else is refused, as the interface between them is C++.
#pragma once

#include <cstdint>

#include "code/code.h"
#include "code/cpu.h"
#include "code/disassembler.h"

namespace skerry {

// How much time goes into good code. What each means is the compiler's business.
enum class Optimization : uint8_t { O0, O1, O2, O3, Os };

struct CompilerOptions {
  CpuSet cpu = CpuSet::native();
  Optimization optimization = Optimization::O2;
  friend bool operator==(const CompilerOptions&, const CompilerOptions&) = default;
};

inline constexpr char kCompilerLibraryEntry[] = "skerry_make_compiler_v3";
inline constexpr char kDisassemblerLibraryEntry[] = "skerry_make_disassembler_v1";

// A new compiler, deleted by the caller; null if `interface_id` is not the library's own.
// The library must stay loaded as long as the compiler lives.
using MakeCompiler = Compiler* (*)(uint64_t interface_id, const CompilerOptions& options);

// The same for a disassembler.
using MakeDisassembler = Disassembler* (*)(uint64_t interface_id);

// A digest of the version, the context's fields, builtins, traps, opcodes and the sizes of what is
// passed between the two.
uint64_t compiler_interface_id();

// A digest of what machine code counts on: all of the above, and how the context is laid out. Code
// of another id cannot be used. It is the same in every build of a version, on every system.
uint64_t code_abi_id();

}  // namespace skerry
