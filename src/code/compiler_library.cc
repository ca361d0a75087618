// The digest, from the tables' own text.
#include "code/compiler_library.h"

#include <string_view>

namespace skerry {
namespace {

constexpr std::string_view kFacts = SKERRY_VERSION
#define FIELD(type, name, meaning) "|" #type " " #name
#include "code/context_fields.def"
#undef FIELD
#define STUB(name) "|" #name
#define BUILTIN(name, result, ...) "|" #name " " #result " " #__VA_ARGS__
#include "code/builtins.def"
#undef BUILTIN
#undef STUB
#define TRAP(name, error) "|" #name
#include "wasm/traps.def"
#undef TRAP
#define OP(name, prefix, code, text, imm, sig, width, feature, trap, shape) "|" #name
#include "wasm/opcodes.def"
#undef OP
    ;

// FNV-1a.
constexpr uint64_t digest(uint64_t hash, std::string_view bytes) {
  for (char byte : bytes) hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  return hash;
}

}  // namespace

uint64_t compiler_interface_id() {
  uint64_t hash = digest(0xcbf29ce484222325, kFacts);
  for (size_t bytes : {sizeof(FuncCode), sizeof(Module), sizeof(ValidatedModule),
                       sizeof(ContextLayout), sizeof(CodeOptions), sizeof(Result<FuncCode>)})
    hash = (hash ^ bytes) * 0x100000001b3;
#ifdef _GLIBCXX_ASSERTIONS
  hash ^= 1;
#endif
  return hash;
}

}  // namespace skerry
