// Evaluating constant expressions against an instance under construction.
// Not here: when they are evaluated (instantiation.cc).
#pragma once

#include "base/result.h"
#include "code/context.h"
#include "wasm/module.h"

namespace skerry::runtime {

class Instance;

// The value's words. Instructions that need GC objects give UnsupportedInstruction (a = opcode
// row).
Result<VmGlobal> evaluate(Instance& instance, const ConstExpr& expr);

}  // namespace skerry::runtime
