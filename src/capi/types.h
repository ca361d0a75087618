// The type objects behind the C interface, and their way from and to the engine's types.
// Not here: values (values.h).
// Invariant: an object keeps the engine's own type beside what C sees of it, so that types which
// the interface cannot express survive being looked at, copied and used again. Concrete heap types
// in them are ids of `registry`; where there are none, it is null.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "wasm.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"
#include "wasm/types.h"

struct wasm_valtype_t {
  skerry::ValType type;
  std::shared_ptr<const skerry::TypeRegistry> registry;
};

struct wasm_externtype_t {
  explicit wasm_externtype_t(wasm_externkind_t kind_of_it) : kind(kind_of_it) {}
  virtual ~wasm_externtype_t() = default;
  virtual std::unique_ptr<wasm_externtype_t> copy() const = 0;
  const wasm_externkind_t kind;
};

namespace skerry::capi {

using Registry = std::shared_ptr<const TypeRegistry>;

// `registry`: where ids in the type are from; may be null if there are none.
wasm_valkind_t kind_of(ValType type, const TypeRegistry* registry);
// Nothing if the interface has no such kind.
std::optional<ValType> type_of(wasm_valkind_t kind);
inline bool has_values(wasm_valkind_t kind) {
  return kind <= WASM_F64 || kind == WASM_EXTERNREF || kind == WASM_FUNCREF;
}

// What C gave, for an engine with this registry; nothing if it is of another engine.
std::optional<ValType> type_in(const wasm_valtype_t& type, const TypeRegistry& registry);
std::optional<FuncType> type_in(const wasm_functype_t& type, const TypeRegistry& registry);

// Vectors of C's that are owned.
struct ValTypes {
  ValTypes() = default;
  // Takes over what C gives away, which is empty then. It may be null.
  explicit ValTypes(wasm_valtype_vec_t* from);
  ValTypes(ValTypes&& other) noexcept : ValTypes(&other.vec) {}
  ValTypes& operator=(ValTypes&&) = delete;
  ~ValTypes() { wasm_valtype_vec_delete(&vec); }
  bool is_whole() const;

  wasm_valtype_vec_t vec = WASM_EMPTY_VEC;
};
struct Name {
  explicit Name(wasm_name_t* from);
  // Throws std::bad_alloc.
  explicit Name(std::string_view text);
  Name(Name&& other) noexcept : Name(&other.vec) {}
  Name& operator=(Name&&) = delete;
  ~Name() { wasm_name_delete(&vec); }
  Name copy() const { return Name({vec.data, vec.size}); }

  wasm_name_t vec = WASM_EMPTY_VEC;
};

// The engine's types as C's objects; concrete heap types are ids of the registry. They throw
// std::bad_alloc.
std::unique_ptr<wasm_functype_t> make_type(const FuncType& type, const Registry& registry);
std::unique_ptr<wasm_globaltype_t> make_type(const GlobalType& type, const Registry& registry);
std::unique_ptr<wasm_tabletype_t> make_type(const TableType& type, const Registry& registry);
std::unique_ptr<wasm_memorytype_t> make_type(const MemoryType& type);
std::unique_ptr<wasm_externtype_t> make_tag_type();
// Of an import or export: type indices are the module's.
std::unique_ptr<wasm_externtype_t> make_type(const ExternType& type, const ValidatedModule& module);

}  // namespace skerry::capi

struct wasm_functype_t : wasm_externtype_t {
  wasm_functype_t(skerry::capi::ValTypes of_params, skerry::capi::ValTypes of_results)
      : wasm_externtype_t(WASM_EXTERN_FUNC),
        params(std::move(of_params)),
        results(std::move(of_results)) {}
  std::unique_ptr<wasm_externtype_t> copy() const override;
  skerry::capi::ValTypes params, results;
};

struct wasm_globaltype_t : wasm_externtype_t {
  wasm_globaltype_t(wasm_valtype_t of, bool mutability)
      : wasm_externtype_t(WASM_EXTERN_GLOBAL), content(std::move(of)), is_mutable(mutability) {}
  std::unique_ptr<wasm_externtype_t> copy() const override;
  wasm_valtype_t content;
  bool is_mutable;
};

struct wasm_tabletype_t : wasm_externtype_t {
  wasm_tabletype_t(wasm_valtype_t of, const skerry::Limits& size);
  std::unique_ptr<wasm_externtype_t> copy() const override;
  wasm_valtype_t element;
  skerry::Limits limits;
  wasm_limits_t shown_limits;
};

struct wasm_memorytype_t : wasm_externtype_t {
  explicit wasm_memorytype_t(const skerry::MemoryType& of);
  std::unique_ptr<wasm_externtype_t> copy() const override;
  skerry::MemoryType type;
  wasm_limits_t shown_limits;
};

struct wasm_importtype_t {
  skerry::capi::Name module, name;
  std::unique_ptr<wasm_externtype_t> type;
};

struct wasm_exporttype_t {
  skerry::capi::Name name;
  std::unique_ptr<wasm_externtype_t> type;
};
