// The report of a call that failed: the trap, and the calls that led to it by name, place in the
// module, and source line where the module knows it.
#pragma once

#include <span>

#include "embed/engine.h"
#include "embed/report.h"
#include "runtime/trap.h"

namespace skerry::embed {

// `modules`: those whose functions may occur in the backtrace.
Report failed_call(const Error& error, const runtime::Backtrace& backtrace,
                   std::span<const LoadedModule> modules);

}  // namespace skerry::embed
