// builtins.def read as an array of addresses.
#include "runtime/builtins.h"

namespace skerry::runtime {

std::array<const void*, kBuiltinCount> builtin_addresses() {
  return {
#define STUB(name) nullptr,
#define BUILTIN(name, result, ...) reinterpret_cast<const void*>(&builtin::name),
#include "code/builtins.def"
#undef BUILTIN
#undef STUB
  };
}

}  // namespace skerry::runtime
