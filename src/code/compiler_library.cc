// The digests, from the tables' own text.
#include "code/compiler_library.h"

#include <string_view>

namespace skerry {
namespace {

constexpr std::string_view kFacts = SKERRY_VERSION
#define FIELD(type, name, meaning) "|" #type " " #name
#include "code/context_fields.def"
#undef FIELD
#define CPU_FEATURE(id, name, level) "|" #id
#include "code/cpu_features.def"
#undef CPU_FEATURE
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

// To be raised when what generated code does changes in a way that no table or size shows: how a
// func is called, what a stub preserves, what a SiteMap's bytes mean.
constexpr uint64_t kCodeRevision = 2;

// FNV-1a.
constexpr uint64_t digest(uint64_t hash, std::string_view bytes) {
  for (char byte : bytes) hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  return hash;
}

uint64_t mix(uint64_t hash, uint64_t number) { return (hash ^ number) * 0x100000001b3; }

}  // namespace

uint64_t compiler_interface_id() {
  uint64_t hash = digest(0xcbf29ce484222325, kFacts);
  for (size_t bytes :
       {sizeof(FuncCode), sizeof(Module), sizeof(ValidatedModule), sizeof(ContextLayout),
        sizeof(CodeOptions), sizeof(CompilerOptions), sizeof(Result<FuncCode>)})
    hash = mix(hash, bytes);
#ifdef _GLIBCXX_ASSERTIONS
  hash ^= 1;
#endif
  return hash;
}

uint64_t code_abi_id() {
  uint64_t hash = mix(digest(0xcbf29ce484222325, kFacts), kCodeRevision);
  for (uint64_t bytes :
       {uint64_t{sizeof(VmContext)}, uint64_t{sizeof(VmFuncRef)}, uint64_t{sizeof(VmImport)},
        uint64_t{sizeof(VmGlobal)}, uint64_t{sizeof(VmTable)}, uint64_t{sizeof(VmMemory)},
        kGuardReservationBytes, uint64_t{kLazyStubBytes}})
    hash = mix(hash, bytes);
  return hash;
}

}  // namespace skerry
