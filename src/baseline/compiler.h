// The baseline compiler: one pass over a func's body, machine code out. Fast to compile, decent to
// run.
#pragma once

#include <memory>

#include "code/code.h"

namespace skerry::baseline {

namespace x64 {
struct CpuFeatures;  // baseline/x64/cpu.h
}

// A compiler for the CPU this process runs on. Its methods may be called from any thread.
std::unique_ptr<Compiler> make_compiler();
// The same for a CPU of fewer features: how tests reach the code for older ones.
std::unique_ptr<Compiler> make_compiler(const x64::CpuFeatures& cpu);

}  // namespace skerry::baseline
