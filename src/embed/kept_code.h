// Kept code: what earlier runs compiled of a module, taken from the code cache when it is loaded,
// and what a run compiled, given to the cache when it ends. Not here: the cache itself
// (code_cache.h), or how native code is checked and put in place (native_code.h).
// Invariant: code that is found was made by this user, for this module, with the options, the
// features of WebAssembly and the compiler that the engine has.
#pragma once

#include <cstdint>
#include <optional>

#include "embed/engine.h"
#include "embed/native_code.h"

namespace skerry::embed {

// Smaller modules are compiled sooner than they are looked up.
inline constexpr uint64_t kMinKeptModuleBytes = 64 << 10;

// Of a module with this digest: whatever its code depends on.
Digest kept_code_key(const Engine& engine, const Digest& module);

// An entry that does not fit, or was damaged, is dropped.
std::optional<NativeCode> find_kept_code(const Engine& engine, const ParsedModule& module,
                                         const CodeTarget& target);

// Adds what was compiled since the module was loaded, unless that is too little to be worth it.
// True: there is a new entry. The module may go on running.
Result<bool> keep_code(const Engine& engine, const LoadedModule& module);

}  // namespace skerry::embed
