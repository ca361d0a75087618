// The baseline compiler: one pass over a func's body, machine code out. Fast to compile, decent to
// run.
#pragma once

#include <memory>

#include "code/code.h"
#include "code/cpu.h"

namespace skerry::baseline {

namespace x64 {
struct CpuFeatures;  // baseline/x64/cpu.h
}

// A compiler for the CPU this process runs on. Its methods may be called from any thread.
std::unique_ptr<Compiler> make_compiler();
// The same for another CPU, whose features go beyond x86-64-v2 by these.
std::unique_ptr<Compiler> make_compiler(CpuSet cpu);
std::unique_ptr<Compiler> make_compiler(const x64::CpuFeatures& cpu);

}  // namespace skerry::baseline
