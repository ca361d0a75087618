// TypeRegistry: the engine-wide identity of defined types. Two type indices, of one module or of two,
// get the same id exactly if their recursion groups are equal after unrolling (iso-recursive equality).
// Ids are dense, never reused, and live as long as the registry. Thread-safe.
// Source: WebAssembly 3.0, "Type equivalence" and "Subtyping".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "wasm/types.h"

namespace skerry {

class TypeRegistry {
 public:
  // Ids for the types, in index order. Every reference between the types must be to a type of the
  // same or an earlier group (the decoder checks it). Heap types inside the stored types are rewritten
  // to hold ids instead of module indices.
  std::vector<uint32_t> intern(std::span<const DefinedType> types, std::span<const RecGroup> groups);

  // The type with this id; concrete heap types inside it are ids. The reference stays valid.
  const DefinedType& type(uint32_t id) const;

  // id of a function type as a final type without supertype: what hosts declare.
  uint32_t intern_func(const FuncType& type);

  // Reflexive, transitive subtyping between defined types.
  bool is_subtype(uint32_t sub, uint32_t super) const;
  // Subtyping of heap and value types whose concrete indices are ids.
  bool is_subtype(HeapType sub, HeapType super) const;
  bool is_subtype(ValType sub, ValType super) const;

 private:
  struct Entry {
    DefinedType type;
    std::vector<uint32_t> supers;  // chain of supertype ids, outermost first, this id last
  };
  const Entry& entry(uint32_t id) const;

  mutable std::shared_mutex mutex_;
  std::map<std::string, uint32_t> groups_;  // serialised group -> id of its first type
  // Stable addresses; guarded by mutex_ for growth only.
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace skerry
