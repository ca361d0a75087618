// From the engine's types to C's objects and back.
// Not here: C's functions on them (type_functions.cc).
#include "capi/types.h"

#include <algorithm>
#include <new>

#include "runtime/value.h"

namespace skerry::capi {
namespace {

struct TagTypeObject : wasm_externtype_t {
  TagTypeObject() : wasm_externtype_t(SKERRY_EXTERN_TAG) {}
  std::unique_ptr<wasm_externtype_t> copy() const override {
    return std::make_unique<TagTypeObject>();
  }
};

wasm_valtype_t val_type(ValType type, const Registry& registry) {
  const bool is_of_engine = type.is_ref() && type.heap().is_concrete();
  return {type, is_of_engine ? registry : nullptr};
}

ValTypes val_types(const std::vector<ValType>& types, const Registry& registry) {
  ValTypes result;
  wasm_valtype_vec_new_uninitialized(&result.vec, types.size());
  if (result.vec.size != types.size()) throw std::bad_alloc();
  for (size_t i = 0; i < types.size(); ++i)
    result.vec.data[i] = new wasm_valtype_t(val_type(types[i], registry));
  return result;
}

ValTypes copy_of(const ValTypes& types) {
  ValTypes result;
  wasm_valtype_vec_copy(&result.vec, &types.vec);
  if (result.vec.size != types.vec.size || !result.is_whole()) throw std::bad_alloc();
  return result;
}

wasm_limits_t shown(const Limits& limits) {
  constexpr uint64_t kMost = UINT32_MAX;
  return {static_cast<uint32_t>(std::min(limits.min, kMost)),
          static_cast<uint32_t>(std::min(limits.max.value_or(kMost), kMost))};
}

// With ids in place of the module's type indices.
struct ImportedType {
  const ValidatedModule& module;

  std::unique_ptr<wasm_externtype_t> operator()(uint32_t func) const {
    return make_type(module.registry()->type(module.type_ids()[func]).func, module.registry());
  }
  std::unique_ptr<wasm_externtype_t> operator()(TableType type) const {
    type.element = runtime::with_type_ids(type.element, module.type_ids());
    return make_type(type, module.registry());
  }
  std::unique_ptr<wasm_externtype_t> operator()(const MemoryType& type) const {
    return make_type(type);
  }
  std::unique_ptr<wasm_externtype_t> operator()(GlobalType type) const {
    type.type = runtime::with_type_ids(type.type, module.type_ids());
    return make_type(type, module.registry());
  }
  std::unique_ptr<wasm_externtype_t> operator()(const TagType&) const { return make_tag_type(); }
};

}  // namespace

ValTypes::ValTypes(wasm_valtype_vec_t* from) {
  if (from) vec = std::exchange(*from, wasm_valtype_vec_t WASM_EMPTY_VEC);
}

bool ValTypes::is_whole() const {
  if (vec.size == 0) return true;
  return vec.data && std::none_of(vec.data, vec.data + vec.size, [](auto* type) { return !type; });
}

Name::Name(wasm_name_t* from) {
  if (from) vec = std::exchange(*from, wasm_name_t WASM_EMPTY_VEC);
}

Name::Name(std::string_view text) {
  wasm_name_new(&vec, text.size(), text.data());
  if (vec.size != text.size()) throw std::bad_alloc();
}

wasm_valkind_t kind_of(ValType type, const TypeRegistry* registry) {
  switch (type.kind()) {
    case ValType::I32: return WASM_I32;
    case ValType::I64: return WASM_I64;
    case ValType::F32: return WASM_F32;
    case ValType::F64: return WASM_F64;
    case ValType::V128: return SKERRY_V128;
    default: break;
  }
  if (type.heap().is_concrete()) {
    const bool is_func = registry->type(type.heap().type_index()).kind == CompositeKind::Func;
    return is_func ? wasm_valkind_t{WASM_FUNCREF} : wasm_valkind_t{SKERRY_OTHERREF};
  }
  switch (type.heap().abstract()) {
    case HeapType::Func:
    case HeapType::NoFunc: return WASM_FUNCREF;
    case HeapType::Extern:
    case HeapType::NoExtern: return WASM_EXTERNREF;
    default: return SKERRY_OTHERREF;
  }
}

std::optional<ValType> type_of(wasm_valkind_t kind) {
  switch (kind) {
    case WASM_I32: return ValType::I32;
    case WASM_I64: return ValType::I64;
    case WASM_F32: return ValType::F32;
    case WASM_F64: return ValType::F64;
    case WASM_EXTERNREF: return ValType::externref();
    case WASM_FUNCREF: return ValType::funcref();
    default: return std::nullopt;
  }
}

std::optional<ValType> type_in(const wasm_valtype_t& type, const TypeRegistry& registry) {
  if (type.registry && type.registry.get() != &registry) return std::nullopt;
  return type.type;
}

std::optional<FuncType> type_in(const wasm_functype_t& type, const TypeRegistry& registry) {
  FuncType result;
  const auto convert = [&](const ValTypes& from, std::vector<ValType>& to) {
    for (size_t i = 0; i < from.vec.size; ++i) {
      const auto converted = type_in(*from.vec.data[i], registry);
      if (!converted) return false;
      to.push_back(*converted);
    }
    return true;
  };
  if (!convert(type.params, result.params) || !convert(type.results, result.results))
    return std::nullopt;
  return result;
}

std::unique_ptr<wasm_functype_t> make_type(const FuncType& type, const Registry& registry) {
  return std::make_unique<wasm_functype_t>(val_types(type.params, registry),
                                           val_types(type.results, registry));
}

std::unique_ptr<wasm_globaltype_t> make_type(const GlobalType& type, const Registry& registry) {
  return std::make_unique<wasm_globaltype_t>(val_type(type.type, registry), type.is_mutable);
}

std::unique_ptr<wasm_tabletype_t> make_type(const TableType& type, const Registry& registry) {
  return std::make_unique<wasm_tabletype_t>(val_type(type.element, registry), type.limits);
}

std::unique_ptr<wasm_memorytype_t> make_type(const MemoryType& type) {
  return std::make_unique<wasm_memorytype_t>(type);
}

std::unique_ptr<wasm_externtype_t> make_tag_type() { return std::make_unique<TagTypeObject>(); }

std::unique_ptr<wasm_externtype_t> make_type(const ExternType& type,
                                             const ValidatedModule& module) {
  return std::visit(ImportedType{module}, type);
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

wasm_tabletype_t::wasm_tabletype_t(wasm_valtype_t of, const Limits& size)
    : wasm_externtype_t(WASM_EXTERN_TABLE),
      element(std::move(of)),
      limits(size),
      shown_limits(shown(size)) {}

wasm_memorytype_t::wasm_memorytype_t(const MemoryType& of)
    : wasm_externtype_t(WASM_EXTERN_MEMORY), type(of), shown_limits(shown(of.limits)) {}

std::unique_ptr<wasm_externtype_t> wasm_functype_t::copy() const {
  return std::make_unique<wasm_functype_t>(copy_of(params), copy_of(results));
}
std::unique_ptr<wasm_externtype_t> wasm_globaltype_t::copy() const {
  return std::make_unique<wasm_globaltype_t>(*this);
}
std::unique_ptr<wasm_externtype_t> wasm_tabletype_t::copy() const {
  return std::make_unique<wasm_tabletype_t>(*this);
}
std::unique_ptr<wasm_externtype_t> wasm_memorytype_t::copy() const {
  return std::make_unique<wasm_memorytype_t>(*this);
}
