// The families of functions that every reference has, and casts between references.
#include "capi/references.h"

#include "capi/boundary.h"
#include "capi/trap.h"

namespace skerry::capi {
namespace {

template <class Handle>
std::unique_ptr<wasm_ref_t> make(std::shared_ptr<StoreState> store, Thing thing) {
  return std::make_unique<Handle>(std::move(store), std::move(thing));
}

void drop(wasm_ref_t* ref) {
  if (!is_no_memory_trap(ref)) delete ref;
}

wasm_ref_t* copy(const wasm_ref_t* ref) {
  if (!ref) return nullptr;
  if (is_no_memory_trap(ref)) return no_memory_trap();
  return made([&] { return make_handle(ref->store, ref->thing).release(); });
}

bool same(const wasm_ref_t* a, const wasm_ref_t* b) {
  if (!a || !b) return a == b;
  return a->thing.kind == b->thing.kind && a->thing.address == b->thing.address;
}

void* host_info(const wasm_ref_t* ref) {
  if (!ref || is_no_memory_trap(ref)) return nullptr;
  const HostInfo* const info = ref->store->find_host_info(ref->thing);
  return info ? info->get() : nullptr;
}

void set_host_info(wasm_ref_t* ref, void* info, HostInfo::Finalizer finalizer) {
  if (!ref || is_no_memory_trap(ref)) return;
  guarded([&] { ref->store->host_info(ref->thing).set(info, finalizer); });
}

template <class To, class From>
To* cast(From* from, bool fits) {
  return from && fits ? static_cast<To*>(from) : nullptr;
}

}  // namespace

std::unique_ptr<wasm_ref_t> make_handle(std::shared_ptr<StoreState> store, Thing thing) {
  decltype(&make<wasm_ref_t>) maker = nullptr;
  switch (thing.kind) {
    case Kind::Func: maker = make<wasm_func_t>; break;
    case Kind::Global: maker = make<wasm_global_t>; break;
    case Kind::Table: maker = make<wasm_table_t>; break;
    case Kind::Memory: maker = make<wasm_memory_t>; break;
    case Kind::Tag: maker = make<wasm_extern_t>; break;
    case Kind::Instance: maker = make<wasm_instance_t>; break;
    case Kind::Module: maker = make<wasm_module_t>; break;
    case Kind::Trap: maker = make<wasm_trap_t>; break;
    case Kind::Foreign: maker = make<wasm_foreign_t>; break;
  }
  return maker(std::move(store), std::move(thing));
}

bool is_a(const wasm_ref_t* ref, Kind kind) { return ref && ref->thing.kind == kind; }

}  // namespace skerry::capi

using namespace skerry::capi;

#define REF_BASE(name)                                                                     \
  void wasm_##name##_delete(wasm_##name##_t* ref) { drop(ref); }                           \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* ref) {                        \
    return static_cast<wasm_##name##_t*>(copy(ref));                                       \
  }                                                                                        \
  bool wasm_##name##_same(const wasm_##name##_t* a, const wasm_##name##_t* b) {            \
    return same(a, b);                                                                     \
  }                                                                                        \
  void* wasm_##name##_get_host_info(const wasm_##name##_t* ref) { return host_info(ref); } \
  void wasm_##name##_set_host_info(wasm_##name##_t* ref, void* info) {                     \
    set_host_info(ref, info, nullptr);                                                     \
  }                                                                                        \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t* ref, void* info,        \
                                                  void (*finalizer)(void*)) {              \
    set_host_info(ref, info, finalizer);                                                   \
  }

// `fits`: whether what `from` refers to is one.
#define CASTS(base, name, fits)                                                         \
  wasm_##base##_t* wasm_##name##_as_##base(wasm_##name##_t* from) { return from; }      \
  const wasm_##base##_t* wasm_##name##_as_##base##_const(const wasm_##name##_t* from) { \
    return from;                                                                        \
  }                                                                                     \
  wasm_##name##_t* wasm_##base##_as_##name(wasm_##base##_t* from) {                     \
    return cast<wasm_##name##_t>(from, fits);                                           \
  }                                                                                     \
  const wasm_##name##_t* wasm_##base##_as_##name##_const(const wasm_##base##_t* from) { \
    return cast<const wasm_##name##_t>(from, fits);                                     \
  }

#define REF(name, fits) REF_BASE(name) CASTS(ref, name, fits)
#define EXTERN(name, kind) REF(name, is_a(from, kind)) CASTS(extern, name, is_a(from, kind))

REF_BASE(ref)
REF(trap, is_a(from, Kind::Trap))
REF(foreign, is_a(from, Kind::Foreign))
REF(module, is_a(from, Kind::Module))
REF(instance, is_a(from, Kind::Instance))
REF(extern, from&& is_extern(from->thing.kind))
EXTERN(func, Kind::Func)
EXTERN(global, Kind::Global)
EXTERN(table, Kind::Table)
EXTERN(memory, Kind::Memory)

wasm_foreign_t* wasm_foreign_new(wasm_store_t* store) {
  if (!store) return nullptr;
  return made([&] {
    return new_handle<wasm_foreign_t>(store->state,
                                      Thing::of(Kind::Foreign, std::make_shared<ForeignObject>()));
  });
}
