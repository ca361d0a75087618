// C's functions on types: making, copying, deleting, looking into, casting.
#include "capi/boundary.h"
#include "capi/types.h"

using namespace skerry;
using namespace skerry::capi;

namespace {

constexpr uint32_t kNoMax = UINT32_MAX;

Limits limits_from(const wasm_limits_t& limits) {
  Limits result{limits.min, limits.max, false};
  if (limits.max == kNoMax) result.max.reset();
  return result;
}

template <class Type>
Type* copy_of(const Type* type) {
  if (!type) return nullptr;
  return made([&] { return static_cast<Type*>(type->copy().release()); });
}

}  // namespace

#define EXTERNTYPE(name, externkind)                                                               \
  void wasm_##name##_delete(wasm_##name##_t* type) { delete type; }                                \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* type) { return copy_of(type); }       \
  wasm_externtype_t* wasm_##name##_as_externtype(wasm_##name##_t* type) { return type; }           \
  const wasm_externtype_t* wasm_##name##_as_externtype_const(const wasm_##name##_t* type) {        \
    return type;                                                                                   \
  }                                                                                                \
  wasm_##name##_t* wasm_externtype_as_##name(wasm_externtype_t* type) {                            \
    return type && type->kind == externkind ? static_cast<wasm_##name##_t*>(type) : nullptr;       \
  }                                                                                                \
  const wasm_##name##_t* wasm_externtype_as_##name##_const(const wasm_externtype_t* type) {        \
    return type && type->kind == externkind ? static_cast<const wasm_##name##_t*>(type) : nullptr; \
  }

EXTERNTYPE(functype, WASM_EXTERN_FUNC)
EXTERNTYPE(globaltype, WASM_EXTERN_GLOBAL)
EXTERNTYPE(tabletype, WASM_EXTERN_TABLE)
EXTERNTYPE(memorytype, WASM_EXTERN_MEMORY)

void wasm_externtype_delete(wasm_externtype_t* type) { delete type; }
wasm_externtype_t* wasm_externtype_copy(const wasm_externtype_t* type) { return copy_of(type); }
wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t* type) {
  return type ? type->kind : wasm_externkind_t{WASM_EXTERN_FUNC};
}

wasm_valtype_t* wasm_valtype_new(wasm_valkind_t kind) {
  const auto type = type_of(kind);
  if (!type) return nullptr;
  return made([&] { return new wasm_valtype_t{*type, nullptr}; });
}
void wasm_valtype_delete(wasm_valtype_t* type) { delete type; }
wasm_valtype_t* wasm_valtype_copy(const wasm_valtype_t* type) {
  if (!type) return nullptr;
  return made([&] { return new wasm_valtype_t(*type); });
}
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t* type) {
  return type ? kind_of(type->type, type->registry.get()) : wasm_valkind_t{WASM_I32};
}

wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params, wasm_valtype_vec_t* results) {
  ValTypes of_params(params), of_results(results);
  if (!params || !results || !of_params.is_whole() || !of_results.is_whole()) return nullptr;
  return made([&] { return new wasm_functype_t(std::move(of_params), std::move(of_results)); });
}
const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t* type) {
  return type ? &type->params.vec : nullptr;
}
const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t* type) {
  return type ? &type->results.vec : nullptr;
}

wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* content, wasm_mutability_t mutability) {
  const std::unique_ptr<wasm_valtype_t> owned(content);
  if (!content || mutability > WASM_VAR) return nullptr;
  return made([&] { return new wasm_globaltype_t(*content, mutability == WASM_VAR); });
}
const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t* type) {
  return type ? &type->content : nullptr;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t* type) {
  return type && type->is_mutable ? WASM_VAR : WASM_CONST;
}

wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* element, const wasm_limits_t* limits) {
  const std::unique_ptr<wasm_valtype_t> owned(element);
  if (!element || !limits || !element->type.is_ref()) return nullptr;
  return made([&] { return new wasm_tabletype_t(*element, limits_from(*limits)); });
}
const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t* type) {
  return type ? &type->element : nullptr;
}
const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t* type) {
  return type ? &type->shown_limits : nullptr;
}

wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t* limits) {
  if (!limits) return nullptr;
  return made([&] { return new wasm_memorytype_t({limits_from(*limits), false}); });
}
const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t* type) {
  return type ? &type->shown_limits : nullptr;
}

wasm_importtype_t* wasm_importtype_new(wasm_name_t* module, wasm_name_t* name,
                                       wasm_externtype_t* type) {
  Name of_module(module), of_name(name);
  std::unique_ptr<wasm_externtype_t> owned(type);
  if (!module || !name || !type) return nullptr;
  return made([&] {
    return new wasm_importtype_t{std::move(of_module), std::move(of_name), std::move(owned)};
  });
}
void wasm_importtype_delete(wasm_importtype_t* type) { delete type; }
wasm_importtype_t* wasm_importtype_copy(const wasm_importtype_t* type) {
  if (!type) return nullptr;
  return made([&] {
    return new wasm_importtype_t{type->module.copy(), type->name.copy(), type->type->copy()};
  });
}
const wasm_name_t* wasm_importtype_module(const wasm_importtype_t* type) {
  return type ? &type->module.vec : nullptr;
}
const wasm_name_t* wasm_importtype_name(const wasm_importtype_t* type) {
  return type ? &type->name.vec : nullptr;
}
const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t* type) {
  return type ? type->type.get() : nullptr;
}

wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* name, wasm_externtype_t* type) {
  Name of_name(name);
  std::unique_ptr<wasm_externtype_t> owned(type);
  if (!name || !type) return nullptr;
  return made([&] { return new wasm_exporttype_t{std::move(of_name), std::move(owned)}; });
}
void wasm_exporttype_delete(wasm_exporttype_t* type) { delete type; }
wasm_exporttype_t* wasm_exporttype_copy(const wasm_exporttype_t* type) {
  if (!type) return nullptr;
  return made([&] { return new wasm_exporttype_t{type->name.copy(), type->type->copy()}; });
}
const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t* type) {
  return type ? &type->name.vec : nullptr;
}
const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t* type) {
  return type ? type->type.get() : nullptr;
}
