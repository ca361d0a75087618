// The optimising compiler: LLVM behind the Compiler interface, one func at a time. Only compile():
// thunks and stubs are not its business, who pairs it with another compiler takes those from there.
#pragma once

#include <memory>

#include "code/code.h"
#include "code/compiler_library.h"

namespace skerry::llvm_tier {

// compile() may be called from any thread.
std::unique_ptr<Compiler> make_compiler(const CompilerOptions& options = {});

}  // namespace skerry::llvm_tier
