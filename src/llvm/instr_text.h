// LLVM's disassembler behind the Disassembler interface. Not here: what instructions mean for the
// runtime (disassembly.h).
#pragma once

#include <memory>

#include "code/disassembler.h"

namespace skerry::llvm_tier {

std::unique_ptr<Disassembler> make_disassembler();

}  // namespace skerry::llvm_tier
