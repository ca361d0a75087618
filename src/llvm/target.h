// What LLVM makes code for: one target, set up once a process. Not here: features of processors
// (code_generator.cc).
#pragma once

namespace llvm {
class Target;
}

namespace skerry::llvm_tier {

// Generated code is the same on every system: what LLVM emits for Linux.
inline constexpr char kTriple[] = "x86_64-unknown-linux-gnu";

// The first call sets LLVM up. Thread-safe.
const llvm::Target& target();

}  // namespace skerry::llvm_tier
