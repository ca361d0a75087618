// Traps as C gets them: of the engine's errors, of callbacks, of misuse.
// Invariant: nothing here throws, and a trap is never null: a call that failed must say so even
// when memory is exhausted.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "capi/store.h"
#include "wasm.h"

namespace skerry::capi {

// The one trap that needs no memory; it belongs to no store and is not deleted.
wasm_trap_t* no_memory_trap() noexcept;
bool is_no_memory_trap(const wasm_ref_t* ref) noexcept;

// Without frames. The store may be null.
wasm_trap_t* new_trap(const std::shared_ptr<StoreState>& store, std::string_view message) noexcept;

// Of a call or an instantiation that failed: the trap of a callback if there is one in flight. The
// store has frames of it only if Wasm ran.
wasm_trap_t* trap_of_failure(const std::shared_ptr<StoreState>& store, const Error& error,
                             bool has_frames) noexcept;

}  // namespace skerry::capi
