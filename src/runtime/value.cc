// Does a value fit a type? References are judged by what they refer to, not by how they are
// labelled.
#include "runtime/value.h"

#include "wasm/type_registry.h"

namespace skerry::runtime {

ValType with_type_ids(ValType type, std::span<const uint32_t> type_ids) {
  if (!type.is_ref() || !type.heap().is_concrete()) return type;
  return ValType::ref(HeapType::concrete(type_ids[type.heap().type_index()]), type.is_nullable());
}

bool value_fits(const TypeRegistry& registry, const Value& value, ValType type) {
  if (!type.is_ref()) return value.type == type;
  if (!value.type.is_ref()) return false;
  const bool same_family = registry.is_subtype(value.type.heap(), type.heap()) ||
                           registry.is_subtype(type.heap(), value.type.heap());
  if (!same_family) return false;
  if (value.is_null()) return type.is_nullable();
  if (registry.is_subtype(value.type.heap(), HeapType::Func))
    return registry.is_subtype(HeapType::concrete(value.as_func().type_id()), type.heap());
  return registry.is_subtype(value.type.heap(), type.heap());
}

}  // namespace skerry::runtime
