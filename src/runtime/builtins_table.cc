// Builtins for table instructions and references.
#include <algorithm>

#include "runtime/builtins.h"
#include "runtime/segments.h"
#include "runtime/store_access.h"
#include "runtime/traps.h"

namespace skerry::runtime::builtin {
namespace {

TrapCode fill_table(Table& table, uint64_t dest, uint64_t value, uint64_t length) {
  if (!range_fits(dest, length, table.size())) return TrapCode::TableOutOfBounds;
  std::ranges::fill(table.elements().subspan(dest, length), value);
  return TrapCode::None;
}

TrapCode copy_table(Table& to, Table& from, uint64_t dest, uint64_t source, uint64_t length) {
  if (!range_fits(dest, length, to.size()) || !range_fits(source, length, from.size()))
    return TrapCode::TableOutOfBounds;
  const std::span<uint64_t> in = from.elements().subspan(source, length);
  const std::span<uint64_t> out = to.elements().subspan(dest, length);
  if (&to == &from && dest > source)
    std::ranges::copy_backward(in, out.end());
  else
    std::ranges::copy(in, out.begin());
  return TrapCode::None;
}

// Whether a reference that is not null is of the heap type; absent: it takes objects this runtime
// does not have yet.
std::optional<bool> is_of_heap_type(const Instance& instance, uint64_t reference, HeapType heap) {
  const TypeRegistry& registry = *instance.store().engine().registry();
  if (heap.is_concrete())
    heap = HeapType::concrete(instance.module_code().validated().type_ids()[heap.type_index()]);
  if (registry.is_subtype(heap, HeapType::Func)) {
    const auto* const ref = reinterpret_cast<const VmFuncRef*>(reference);
    return registry.is_subtype(HeapType::concrete(ref->type_id), heap);
  }
  if (heap == HeapType(HeapType::Extern)) return true;
  if (heap == HeapType(HeapType::NoExtern)) return false;
  return std::nullopt;
}

}  // namespace

// The old size, or all ones of the table's index type.
uint64_t SKERRY_SYSV table_grow(VmContext* context, uint32_t table, uint64_t initial,
                                uint64_t delta) {
  Instance& instance = instance_of(*context);
  const auto old_size = instance.table(table)->grow(delta, initial);
  if (old_size) return *old_size;
  return instance.module().tables[table].type.limits.is_64 ? UINT64_MAX : UINT32_MAX;
}

void SKERRY_SYSV table_fill(VmContext* context, uint32_t table, uint64_t dest, uint64_t value,
                            uint64_t length) {
  const TrapCode failed = fill_table(*instance_of(*context).table(table), dest, value, length);
  if (failed != TrapCode::None) raise_trap(*context, failed);
}

void SKERRY_SYSV table_copy(VmContext* context, uint32_t dest_table, uint32_t source_table,
                            uint64_t dest, uint64_t source, uint64_t length) {
  Instance& instance = instance_of(*context);
  const TrapCode failed =
      copy_table(*instance.table(dest_table), *instance.table(source_table), dest, source, length);
  if (failed != TrapCode::None) raise_trap(*context, failed);
}

void SKERRY_SYSV table_init(VmContext* context, uint32_t elem, uint32_t table, uint64_t dest,
                            uint32_t source, uint32_t length) {
  const TrapCode failed = init_table(instance_of(*context), elem, table, dest, source, length);
  if (failed != TrapCode::None) raise_trap(*context, failed);
}

void SKERRY_SYSV elem_drop(VmContext* context, uint32_t elem) {
  instance_of(*context).drop_elem(elem);
}

uint64_t SKERRY_SYSV ref_func(VmContext* context, uint32_t func) {
  return reinterpret_cast<uint64_t>(instance_of(*context).func(func).ref());
}

uint32_t SKERRY_SYSV is_subtype(VmContext* context, uint32_t sub_type_id, uint32_t super_type_id) {
  return store_of(*context).engine().registry()->is_subtype(sub_type_id, super_type_id);
}

uint32_t SKERRY_SYSV ref_test(VmContext* context, uint64_t reference, uint32_t heap_type_bits,
                              uint32_t nullable) {
  if (reference == 0) return nullable != 0;
  const std::optional<bool> is =
      is_of_heap_type(instance_of(*context), reference, HeapType::from_bits(heap_type_bits));
  if (!is) {
    Error unsupported = trap(TrapCode::Unsupported);
    unsupported.a = static_cast<uint64_t>(Op::RefTest);
    raise_error(*context, unsupported);
  }
  return *is;
}

}  // namespace skerry::runtime::builtin
