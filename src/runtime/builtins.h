// The C++ side of builtins.def: one function a BUILTIN row, all with the System V convention.
// Not here: the STUB rows, which the compiler makes.
// Invariant: a builtin that fails leaves by raise_* (traps.h), so its own frame holds nothing that
// has a destructor; the work is done in an inner function that returns why it failed.
#pragma once

#include <array>
#include <cstdint>

#include "code/context.h"

namespace skerry::runtime {

namespace builtin {
#define STUB(name)
#define BUILTIN(name, result, ...) \
  result SKERRY_SYSV name(VmContext* context __VA_OPT__(, ) __VA_ARGS__);
#include "code/builtins.def"
#undef BUILTIN
#undef STUB
}  // namespace builtin

// In row order; null for STUB rows.
std::array<const void*, kBuiltinCount> builtin_addresses();

}  // namespace skerry::runtime
