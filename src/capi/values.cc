// Values: fitting, and C's functions on a single one.
#include "capi/values.h"

#include <bit>

#include "capi/boundary.h"
#include "capi/references.h"
#include "capi/types.h"
#include "runtime/value.h"

namespace skerry::capi {

static_assert(sizeof(float32_t) == 4 && sizeof(float64_t) == 8);

std::string_view text_of(Misfit misfit) {
  switch (misfit) {
    case Misfit::Kind: return "it is of another kind";
    case Misfit::Null: return "it must not be null";
    case Misfit::Reference: return "the reference does not fit";
    case Misfit::Store: return "the reference is of another store";
    case Misfit::Inexpressible: break;
  }
  return "the C interface has no values of its type";
}

Fitting<uint64_t> slot_of(StoreState& store, const wasm_ref_t* ref, ValType type) {
  const wasm_valkind_t kind = kind_of(type, store.registry().get());
  if (kind != WASM_EXTERNREF && kind != WASM_FUNCREF)
    return std::unexpected(wasm_valkind_is_ref(kind) ? Misfit::Inexpressible : Misfit::Kind);
  if (!ref) {
    if (!type.is_nullable()) return std::unexpected(Misfit::Null);
    return 0;
  }
  if (ref->store.get() != &store) return std::unexpected(Misfit::Store);
  if (kind == WASM_EXTERNREF) {
    if (type.heap() != HeapType::Extern) return std::unexpected(Misfit::Reference);
    return store.word_of(ref->thing);
  }
  if (!is_a(ref, Kind::Func)) return std::unexpected(Misfit::Reference);
  const runtime::Value value = runtime::Value::funcref(func_of(*ref));
  if (!runtime::value_fits(*store.registry(), value, type))
    return std::unexpected(Misfit::Reference);
  return value.low;
}

Fitting<uint64_t> slot_of(StoreState& store, const wasm_val_t& value, ValType type) {
  const wasm_valkind_t kind = kind_of(type, store.registry().get());
  if (!has_values(kind)) return std::unexpected(Misfit::Inexpressible);
  const bool same_sort = wasm_valkind_is_ref(kind)
                             ? value.kind == WASM_EXTERNREF || value.kind == WASM_FUNCREF
                             : value.kind == kind;
  if (!same_sort) return std::unexpected(Misfit::Kind);
  switch (kind) {
    case WASM_I32: return static_cast<uint32_t>(value.of.i32);
    case WASM_I64: return static_cast<uint64_t>(value.of.i64);
    case WASM_F32: return std::bit_cast<uint32_t>(value.of.f32);
    case WASM_F64: return std::bit_cast<uint64_t>(value.of.f64);
    default: return slot_of(store, value.of.ref, type);
  }
}

wasm_ref_t* ref_of(StoreState& store, uint64_t slot, ValType type) {
  if (slot == 0) return nullptr;
  switch (kind_of(type, store.registry().get())) {
    case WASM_FUNCREF: {
      const Thing func{Kind::Func, reinterpret_cast<void*>(slot), nullptr};
      return make_handle(store.shared_from_this(), func).release();
    }
    case WASM_EXTERNREF:
      return make_handle(store.shared_from_this(), store.thing_of(slot)).release();
    default: return nullptr;
  }
}

wasm_val_t zero_of(const StoreState& store, ValType type) {
  wasm_val_t value{};
  value.kind = kind_of(type, store.registry().get());
  if (wasm_valkind_is_ref(value.kind)) value.of.ref = nullptr;
  return value;
}

wasm_val_t val_of(StoreState& store, uint64_t slot, ValType type) {
  wasm_val_t value = zero_of(store, type);
  switch (value.kind) {
    case WASM_I32: value.of.i32 = static_cast<int32_t>(slot); break;
    case WASM_I64: value.of.i64 = static_cast<int64_t>(slot); break;
    case WASM_F32: value.of.f32 = std::bit_cast<float>(static_cast<uint32_t>(slot)); break;
    case WASM_F64: value.of.f64 = std::bit_cast<double>(slot); break;
    default:
      if (wasm_valkind_is_ref(value.kind)) value.of.ref = ref_of(store, slot, type);
  }
  return value;
}

}  // namespace skerry::capi

using namespace skerry::capi;

void wasm_val_delete(wasm_val_t* value) {
  if (!value || !wasm_valkind_is_ref(value->kind)) return;
  wasm_ref_delete(std::exchange(value->of.ref, nullptr));
}

void wasm_val_copy(wasm_val_t* out, const wasm_val_t* from) {
  if (!out) return;
  *out = from ? *from : wasm_val_t{};
  if (wasm_valkind_is_ref(out->kind)) out->of.ref = wasm_ref_copy(out->of.ref);
}
