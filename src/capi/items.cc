// Globals, tables and memories, made and used by the host.
#include "runtime/items.h"

#include "capi/boundary.h"
#include "capi/references.h"
#include "capi/types.h"
#include "capi/values.h"

using namespace skerry;
using namespace skerry::capi;

namespace {

runtime::Global* global_of(const wasm_global_t* ref) {
  return item_of<runtime::Global>(ref, Kind::Global);
}
runtime::Table* table_of(const wasm_table_t* ref) {
  return item_of<runtime::Table>(ref, Kind::Table);
}
runtime::Memory* memory_of(const wasm_memory_t* ref) {
  return item_of<runtime::Memory>(ref, Kind::Memory);
}

template <class Handle, class Item>
Handle* handle_of(StoreState& store, const Result<Item*>& item) {
  if (!item) return nullptr;
  return new_handle<Handle>(store.shared_from_this(), Thing::of(runtime::Extern(*item)));
}

uint64_t words_of(const Limits& limits) { return limits.max.value_or(UINT64_MAX); }

}  // namespace

wasm_global_t* wasm_global_new(wasm_store_t* store, const wasm_globaltype_t* wanted,
                               const wasm_val_t* value) {
  if (!store || !wanted || !value) return nullptr;
  return made([&]() -> wasm_global_t* {
    StoreState& state = *store->state;
    const auto type = type_in(wanted->content, *state.registry());
    if (!type) return nullptr;
    const auto slot = slot_of(state, *value, *type);
    if (!slot) return nullptr;
    return handle_of<wasm_global_t>(
        state, state.runtime().add_global({*type, wanted->is_mutable}, {*type, *slot, 0}));
  });
}

void wasm_global_get(const wasm_global_t* from, wasm_val_t* out) {
  if (!out) return;
  *out = wasm_val_t WASM_INIT_VAL;
  const runtime::Global* const global = global_of(from);
  if (!global) return;
  guarded([&] { *out = val_of(*from->store, global->get().low, global->type().type); });
}

void wasm_global_set(wasm_global_t* to, const wasm_val_t* value) {
  runtime::Global* const global = global_of(to);
  if (!global || !value || !global->type().is_mutable) return;
  guarded([&] {
    const ValType type = global->type().type;
    const auto slot = slot_of(*to->store, *value, type);
    if (slot) (void)global->set(to->store->runtime(), {type, *slot, 0});
  });
}

wasm_table_t* wasm_table_new(wasm_store_t* store, const wasm_tabletype_t* wanted,
                             wasm_ref_t* init) {
  if (!store || !wanted || wanted->limits.min > words_of(wanted->limits)) return nullptr;
  return made([&]() -> wasm_table_t* {
    StoreState& state = *store->state;
    const auto element = type_in(wanted->element, *state.registry());
    if (!element) return nullptr;
    const auto slot = slot_of(state, init, *element);
    if (!slot) return nullptr;
    return handle_of<wasm_table_t>(
        state, state.runtime().add_table({wanted->limits, *element}, {*element, *slot, 0}));
  });
}

wasm_ref_t* wasm_table_get(const wasm_table_t* from, wasm_table_size_t index) {
  const runtime::Table* const table = table_of(from);
  if (!table) return nullptr;
  return made([&]() -> wasm_ref_t* {
    const auto value = table->get(index);
    return value ? ref_of(*from->store, value->low, table->type().element) : nullptr;
  });
}

bool wasm_table_set(wasm_table_t* to, wasm_table_size_t index, wasm_ref_t* ref) {
  runtime::Table* const table = table_of(to);
  if (!table || index >= table->size()) return false;
  return guarded(false, [&] {
    const ValType element = table->type().element;
    const auto slot = slot_of(*to->store, ref, element);
    return slot && table->set(index, {element, *slot, 0});
  });
}

wasm_table_size_t wasm_table_size(const wasm_table_t* from) {
  const runtime::Table* const table = table_of(from);
  return table ? static_cast<wasm_table_size_t>(std::min<uint64_t>(table->size(), UINT32_MAX)) : 0;
}

bool wasm_table_grow(wasm_table_t* to, wasm_table_size_t delta, wasm_ref_t* init) {
  runtime::Table* const table = table_of(to);
  if (!table) return false;
  return guarded(false, [&] {
    const auto slot = slot_of(*to->store, init, table->type().element);
    return slot && table->grow(delta, *slot);
  });
}

wasm_memory_t* wasm_memory_new(wasm_store_t* store, const wasm_memorytype_t* wanted) {
  if (!store || !wanted || wanted->type.limits.min > words_of(wanted->type.limits)) return nullptr;
  return made([&] {
    StoreState& state = *store->state;
    return handle_of<wasm_memory_t>(state, state.runtime().add_memory(wanted->type));
  });
}

byte_t* wasm_memory_data(wasm_memory_t* from) {
  runtime::Memory* const memory = memory_of(from);
  return memory ? reinterpret_cast<byte_t*>(memory->vm()->base) : nullptr;
}

size_t wasm_memory_data_size(const wasm_memory_t* from) {
  const runtime::Memory* const memory = memory_of(from);
  return memory ? memory->size_bytes() : 0;
}

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t* from) {
  const runtime::Memory* const memory = memory_of(from);
  return memory ? static_cast<wasm_memory_pages_t>(memory->size_pages()) : 0;
}

bool wasm_memory_grow(wasm_memory_t* to, wasm_memory_pages_t delta) {
  runtime::Memory* const memory = memory_of(to);
  return memory && guarded(false, [&] { return memory->grow(delta).has_value(); });
}
