// Compiling a module whole, and the report of the functions that could not be compiled.
// Not here: constant expressions, which are evaluated when a module is instantiated.
#pragma once

#include "embed/engine.h"
#include "embed/report.h"

namespace skerry::embed {

// Compiles every function now, on all compile threads. The report names each function that holds an
// instruction the tier does not execute, with the first such instruction and its place.
Reported<void> compile_whole(const LoadedModule& module);

}  // namespace skerry::embed
