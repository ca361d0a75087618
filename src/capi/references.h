// The handles that C holds: every wasm_*_t that is a reference is a wasm_ref_t.
// Not here: what they refer to (store.h).
// Invariant: a handle has the C++ type of its thing's kind, so casts between C's types are casts
// between base and derived class; what is not of the wanted kind is null, as is null.
#pragma once

#include <memory>
#include <string_view>

#include "capi/store.h"
#include "wasm.h"

struct wasm_ref_t {
  using State = std::shared_ptr<skerry::capi::StoreState>;
  wasm_ref_t(State of, skerry::capi::Thing to) : store(std::move(of)), thing(std::move(to)) {}
  virtual ~wasm_ref_t() = default;

  State store;  // null: the trap that no_memory() is
  skerry::capi::Thing thing;
};
struct wasm_extern_t : wasm_ref_t {
  using wasm_ref_t::wasm_ref_t;
};
#define HANDLE(name, base)        \
  struct wasm_##name##_t : base { \
    using base::base;             \
  };
HANDLE(func, wasm_extern_t)
HANDLE(global, wasm_extern_t)
HANDLE(table, wasm_extern_t)
HANDLE(memory, wasm_extern_t)
HANDLE(instance, wasm_ref_t)
HANDLE(module, wasm_ref_t)
HANDLE(trap, wasm_ref_t)
HANDLE(foreign, wasm_ref_t)
#undef HANDLE

struct wasm_engine_t {
  std::shared_ptr<const skerry::embed::Engine> engine;
};
struct wasm_store_t {
  std::shared_ptr<skerry::capi::StoreState> state;
};

namespace skerry::capi {

// Throws std::bad_alloc.
std::unique_ptr<wasm_ref_t> make_handle(std::shared_ptr<StoreState> store, Thing thing);
template <class Handle>
Handle* new_handle(std::shared_ptr<StoreState> store, Thing thing) {
  return static_cast<Handle*>(make_handle(std::move(store), std::move(thing)).release());
}

bool is_a(const wasm_ref_t* ref, Kind kind);

// The item behind a handle; null if the handle is null.
inline runtime::Func func_of(const wasm_ref_t& ref) {
  return runtime::Func(static_cast<VmFuncRef*>(ref.thing.address));
}
template <class Item>
Item* item_of(const wasm_ref_t* ref, Kind kind) {
  return is_a(ref, kind) ? static_cast<Item*>(ref->thing.address) : nullptr;
}

}  // namespace skerry::capi
