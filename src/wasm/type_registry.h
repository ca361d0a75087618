// TypeRegistry: the engine-wide identity of defined types. Two type indices, of one module or of
// two, get the same id exactly if their recursion groups are equal after unrolling (iso-recursive
// equality). Ids are dense, never reused, and live as long as the registry. Thread-safe: interning
// takes a lock, reading takes none, since an entry never changes or moves once its id has been
// handed out. Source: WebAssembly 3.0, "Type equivalence" and "Subtyping".
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "wasm/types.h"

namespace skerry {

class TypeRegistry {
 public:
  static constexpr uint32_t kNoType = UINT32_MAX;

  TypeRegistry() = default;
  ~TypeRegistry();
  TypeRegistry(const TypeRegistry&) = delete;
  TypeRegistry& operator=(const TypeRegistry&) = delete;

  // Ids for the types, in index order. Every reference between the types must be to a type of the
  // same or an earlier group, every supertype to an earlier type, and no chain of supertypes longer
  // than kMaxSubtypingDepth (validation checks it). Heap types inside the stored types are
  // rewritten to hold ids instead of module indices. Empty if the registry is full (kMaxEntries).
  std::vector<uint32_t> intern(std::span<const DefinedType> types,
                               std::span<const RecGroup> groups);

  // The type with this id; concrete heap types inside it are ids. The reference stays valid.
  const DefinedType& type(uint32_t id) const { return entry(id).type; }

  // id of a function type as a final type without supertype: what hosts declare. Concrete heap
  // types inside `type` are ids. kNoType if the registry is full.
  uint32_t intern_func(const FuncType& type);

  // Number of ids handed out: they are 0 .. size() - 1.
  uint32_t size() const { return size_.load(std::memory_order_acquire); }

  // Reflexive, transitive subtyping between defined types.
  bool is_subtype(uint32_t sub, uint32_t super) const;
  // Subtyping of heap and value types whose concrete indices are ids.
  bool is_subtype(HeapType sub, HeapType super) const;
  bool is_subtype(ValType sub, ValType super) const;
  // Two bare enumerators would be taken for ids.
  template <class T>
    requires std::is_enum_v<T>
  bool is_subtype(T, T) const = delete;

 private:
  struct Entry {
    DefinedType type;
    std::vector<uint32_t> supers;  // chain of supertype ids, outermost first, this id last
  };
  // Entries lie in segments, each twice the size of the one before, so that they never move.
  static constexpr unsigned kFirstSegmentBits = 6;
  static constexpr unsigned kSegmentCount = 14;

 public:
  static constexpr uint32_t kMaxEntries = ((1u << kSegmentCount) - 1) << kFirstSegmentBits;
  static_assert(kMaxEntries <= HeapType::kMaxTypeIndex, "an id must fit where a type index does");

 private:
  struct Place {
    unsigned segment;
    uint32_t offset;
  };
  static Place place_of(uint32_t id);
  const Entry& entry(uint32_t id) const;
  Entry* new_entry(uint32_t id);  // mutex_ held
  void add_group(std::span<const DefinedType> types, const RecGroup& group, uint32_t first_id,
                 std::span<const uint32_t> ids);  // mutex_ held

  std::mutex mutex_;                                  // guards groups_ and growth
  std::unordered_map<std::string, uint32_t> groups_;  // serialised group -> id of its first type
  std::array<std::atomic<Entry*>, kSegmentCount> segments_{};
  std::atomic<uint32_t> size_ = 0;
};

}  // namespace skerry
