// TypeRegistry. A recursion group becomes a string of words in which references into the group are
// relative and all others are ids; two groups are equal exactly if their strings are.
#include "wasm/type_registry.h"

#include <bit>
#include <cassert>

#include "wasm/implementation_limits.h"

namespace skerry {
namespace {

// Marks a reference into the group itself; heap types use 21 bits of a word, value types 30.
constexpr uint32_t kInGroup = 1u << 31;

// A word for each fact of a group, appended to a string that serves as the key.
class GroupKey {
 public:
  GroupKey(const RecGroup& group, std::span<const uint32_t> ids) : group_(group), ids_(ids) {}

  void add(const DefinedType& type) {
    word(static_cast<uint32_t>(type.kind) | (type.is_final ? 4u : 0u));
    word(type.supertype ? reference(*type.supertype) : UINT32_MAX);
    if (type.kind == CompositeKind::Func) {
      word(static_cast<uint32_t>(type.func.params.size()));
      for (ValType param : type.func.params) value(param);
      word(static_cast<uint32_t>(type.func.results.size()));
      for (ValType result : type.func.results) value(result);
    } else {
      word(static_cast<uint32_t>(type.fields.size()));
      for (const FieldType& field : type.fields) {
        value(field.type);
        word(field.is_mutable);
      }
    }
  }
  std::string take() { return std::move(key_); }

 private:
  uint32_t reference(uint32_t index) const {
    if (index >= group_.first_type) {
      assert(index - group_.first_type < group_.type_count);
      return kInGroup | (index - group_.first_type);
    }
    return ids_[index];
  }
  void value(ValType type) {
    if (!type.is_ref() || !type.heap().is_concrete()) return word(type.bits());
    // Tagged by the shape of a reference without its heap type, so that no other value reads alike.
    word(ValType::ref(HeapType::concrete(0), type.is_nullable()).bits());
    word(reference(type.heap().type_index()));
  }
  void word(uint32_t value) { key_.append(reinterpret_cast<const char*>(&value), sizeof(value)); }

  const RecGroup& group_;
  std::span<const uint32_t> ids_;
  std::string key_;
};

ValType with_ids(ValType type, std::span<const uint32_t> ids) {
  if (!type.is_ref() || !type.heap().is_concrete()) return type;
  return ValType::ref(HeapType::concrete(ids[type.heap().type_index()]), type.is_nullable());
}

DefinedType with_ids(const DefinedType& type, std::span<const uint32_t> ids) {
  DefinedType result = type;
  if (type.supertype) result.supertype = ids[*type.supertype];
  for (ValType& param : result.func.params) param = with_ids(param, ids);
  for (ValType& value : result.func.results) value = with_ids(value, ids);
  for (FieldType& field : result.fields) field.type = with_ids(field.type, ids);
  return result;
}

constexpr unsigned number_of(HeapType::Abstract type) { return type - HeapType::Exn; }

// For each abstract heap type, the set of its proper and improper supertypes.
constexpr auto kAbstractSupers = [] {
  std::array<uint16_t, number_of(HeapType::NoExn) + 1> sets{};
  const auto below = [&](HeapType::Abstract sub, HeapType::Abstract super) {
    sets[number_of(sub)] |= sets[number_of(super)];
  };
  for (unsigned i = 0; i < sets.size(); ++i) sets[i] = static_cast<uint16_t>(1u << i);
  below(HeapType::Eq, HeapType::Any);
  below(HeapType::I31, HeapType::Eq);
  below(HeapType::Struct, HeapType::Eq);
  below(HeapType::Array, HeapType::Eq);
  below(HeapType::None, HeapType::I31);
  below(HeapType::None, HeapType::Struct);
  below(HeapType::None, HeapType::Array);
  below(HeapType::NoFunc, HeapType::Func);
  below(HeapType::NoExtern, HeapType::Extern);
  below(HeapType::NoExn, HeapType::Exn);
  return sets;
}();

bool is_abstract_subtype(HeapType::Abstract sub, HeapType::Abstract super) {
  return kAbstractSupers[number_of(sub)] >> number_of(super) & 1;
}

constexpr HeapType::Abstract abstract_of(CompositeKind kind) {
  switch (kind) {
    case CompositeKind::Func: return HeapType::Func;
    case CompositeKind::Struct: return HeapType::Struct;
    case CompositeKind::Array: break;
  }
  return HeapType::Array;
}

}  // namespace

TypeRegistry::~TypeRegistry() {
  for (auto& segment : segments_) delete[] segment.load(std::memory_order_relaxed);
}

TypeRegistry::Place TypeRegistry::place_of(uint32_t id) {
  // Counted from the first segment's size, segment k begins at a power of two.
  const uint32_t shifted = id + (1u << kFirstSegmentBits);
  const unsigned top = static_cast<unsigned>(std::bit_width(shifted)) - 1;
  return {top - kFirstSegmentBits, shifted - (1u << top)};
}

const TypeRegistry::Entry& TypeRegistry::entry(uint32_t id) const {
  assert(id < size());
  const Place place = place_of(id);
  return segments_[place.segment].load(std::memory_order_acquire)[place.offset];
}

TypeRegistry::Entry* TypeRegistry::new_entry(uint32_t id) {
  const Place place = place_of(id);
  Entry* segment = segments_[place.segment].load(std::memory_order_relaxed);
  if (!segment) {
    segment = new Entry[size_t{1} << (kFirstSegmentBits + place.segment)];
    segments_[place.segment].store(segment, std::memory_order_release);
  }
  return segment + place.offset;
}

void TypeRegistry::add_group(std::span<const DefinedType> types, const RecGroup& group,
                             uint32_t first_id, std::span<const uint32_t> ids) {
  for (uint32_t i = 0; i < group.type_count; ++i) {
    const uint32_t id = first_id + i;
    Entry* entry = new_entry(id);
    entry->type = with_ids(types[group.first_type + i], ids);
    entry->supers.clear();  // an attempt that ran out of memory may have been here
    if (entry->type.supertype) {
      assert(*entry->type.supertype < id);
      const Place super = place_of(*entry->type.supertype);
      entry->supers = segments_[super.segment].load(std::memory_order_relaxed)[super.offset].supers;
      assert(entry->supers.size() <= kMaxSubtypingDepth);
    }
    entry->supers.push_back(id);
  }
  size_.store(first_id + group.type_count, std::memory_order_release);
}

std::vector<uint32_t> TypeRegistry::intern(std::span<const DefinedType> types,
                                           std::span<const RecGroup> groups) {
  std::vector<uint32_t> ids(types.size());
  const std::lock_guard lock(mutex_);
  for (const RecGroup& group : groups) {
    GroupKey key(group, ids);
    for (uint32_t i = 0; i < group.type_count; ++i) key.add(types[group.first_type + i]);
    const uint32_t next = size_.load(std::memory_order_relaxed);
    const auto [found, is_new] = groups_.try_emplace(key.take(), next);
    for (uint32_t i = 0; i < group.type_count; ++i) ids[group.first_type + i] = found->second + i;
    if (!is_new || group.type_count == 0) continue;
    if (group.type_count > kMaxEntries - next) {
      groups_.erase(found);
      return {};
    }
    try {
      add_group(types, group, next, ids);
    } catch (...) {
      groups_.erase(found);
      throw;
    }
  }
  return ids;
}

uint32_t TypeRegistry::intern_func(const FuncType& type) {
  // The key and the entry are those of a module's group of one, with references that are ids
  // already.
  DefinedType defined;
  defined.func = type;
  const std::lock_guard lock(mutex_);
  const uint32_t next = size_.load(std::memory_order_relaxed);
  std::vector<uint32_t> identity;
  for (const auto* list : {&type.params, &type.results})
    for (ValType value : *list)
      if (value.is_ref() && value.heap().is_concrete())
        while (identity.size() <= value.heap().type_index())
          identity.push_back(static_cast<uint32_t>(identity.size()));
  const RecGroup group{.first_type = UINT32_MAX, .type_count = 1};
  GroupKey key(group, identity);
  key.add(defined);
  const auto [found, is_new] = groups_.try_emplace(key.take(), next);
  if (!is_new) return found->second;
  if (next == kMaxEntries) {
    groups_.erase(found);
    return kNoType;
  }
  const RecGroup own{.first_type = 0, .type_count = 1};
  try {
    add_group(std::span(&defined, 1), own, next, identity);
  } catch (...) {
    groups_.erase(found);
    throw;
  }
  return next;
}

bool TypeRegistry::is_subtype(uint32_t sub, uint32_t super) const {
  if (sub == super) return true;
  const std::vector<uint32_t>& chain = entry(sub).supers;
  const size_t depth = entry(super).supers.size() - 1;
  return depth < chain.size() && chain[depth] == super;
}

bool TypeRegistry::is_subtype(HeapType sub, HeapType super) const {
  if (sub == super) return true;
  if (sub.is_concrete()) {
    if (super.is_concrete()) return is_subtype(sub.type_index(), super.type_index());
    return is_abstract_subtype(abstract_of(type(sub.type_index()).kind), super.abstract());
  }
  if (!super.is_concrete()) return is_abstract_subtype(sub.abstract(), super.abstract());
  // Only the bottom of its hierarchy lies below a defined type.
  const CompositeKind kind = type(super.type_index()).kind;
  return sub == (kind == CompositeKind::Func ? HeapType::NoFunc : HeapType::None);
}

bool TypeRegistry::is_subtype(ValType sub, ValType super) const {
  if (sub == super) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  return (super.is_nullable() || !sub.is_nullable()) && is_subtype(sub.heap(), super.heap());
}

}  // namespace skerry
