// The baseline compiler: one pass over a func's body, machine code out. Fast to compile, decent to run.
#pragma once

#include <memory>

#include "code/code.h"

namespace skerry::baseline {

// A compiler for the CPU this process runs on. Its methods may be called from any thread.
std::unique_ptr<Compiler> make_compiler();

}  // namespace skerry::baseline
