// ModuleContext: what the rules for instructions need to know of the module around them, in the
// form they need it. Filled by ModuleValidator, then read by every validating thread. Invariant:
// once bodies are being validated, nothing here changes.
#pragma once

#include <span>
#include <vector>

#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace skerry {

struct Signature {
  std::span<const ValType> params;
  std::span<const ValType> results;
};

// The bottom of all heap types, which only the validator knows: what a reference taken from the
// stack of unreachable code refers to.
inline constexpr HeapType kBottomHeap =
    HeapType::from_bits(HeapType(HeapType::Func).bits() & ~0xffu);
static_assert(!kBottomHeap.is_concrete() && kBottomHeap.abstract() < HeapType::Exn);

class ModuleContext {
 public:
  ModuleContext(const Module& module, Features features, TypeRegistry& registry)
      : module_(module), features_(features), registry_(registry) {}

  const Module& module() const { return module_; }
  Features features() const { return features_; }

  bool is_type(uint32_t index) const { return index < module_.types.size(); }
  bool is_type_of(uint32_t index, CompositeKind kind) const {
    return is_type(index) && module_.types[index].kind == kind;
  }
  // Of a function type; empty for other types.
  const Signature& signature(uint32_t type_index) const { return signatures_[type_index]; }

  // Subtyping between types whose concrete indices are the module's.
  bool is_subtype(ValType sub, ValType super) const {
    return sub == super || is_subtype_slow(sub, super);
  }
  bool is_subtype(HeapType sub, HeapType super) const;
  // The top of the heap type's hierarchy.
  HeapType top_of(HeapType type) const;

  bool is_declared(uint32_t func) const { return declared_funcs_[func]; }

 private:
  friend class ModuleValidator;
  bool is_subtype_slow(ValType sub, ValType super) const;
  HeapType with_id(HeapType type) const {
    return type.is_concrete() ? HeapType::concrete(type_ids_[type.type_index()]) : type;
  }

  const Module& module_;
  Features features_;
  TypeRegistry& registry_;
  std::vector<uint32_t> type_ids_;
  std::vector<Signature> signatures_;  // by type index
  std::vector<bool> declared_funcs_;   // funcs that occur outside of bodies: ref.func may name them
};

}  // namespace skerry
