// Builtins for memory instructions.
#include <cstring>

#include "runtime/builtins.h"
#include "runtime/segments.h"
#include "runtime/store_access.h"
#include "runtime/traps.h"

namespace skerry::runtime::builtin {
namespace {

TrapCode copy_memory(const VmMemory& to, const VmMemory& from, uint64_t dest, uint64_t source,
                     uint64_t length) {
  if (!range_fits(dest, length, to.size_bytes) || !range_fits(source, length, from.size_bytes))
    return TrapCode::MemoryOutOfBounds;
  if (length != 0) std::memmove(to.base + dest, from.base + source, length);
  return TrapCode::None;
}

TrapCode fill_memory(const VmMemory& to, uint64_t dest, uint32_t value, uint64_t length) {
  if (!range_fits(dest, length, to.size_bytes)) return TrapCode::MemoryOutOfBounds;
  if (length != 0) std::memset(to.base + dest, static_cast<int>(value & 0xff), length);
  return TrapCode::None;
}

}  // namespace

// The old size in pages, or all ones of the memory's index type.
uint64_t SKERRY_SYSV memory_grow(VmContext* context, uint32_t memory, uint64_t delta_pages) {
  Instance& instance = instance_of(*context);
  const auto old_pages = instance.memory(memory)->grow(delta_pages);
  if (old_pages) return *old_pages;
  return instance.module().memories[memory].limits.is_64 ? UINT64_MAX : UINT32_MAX;
}

void SKERRY_SYSV memory_init(VmContext* context, uint32_t data, uint32_t memory, uint64_t dest,
                             uint32_t source, uint32_t length) {
  const TrapCode failed = init_memory(instance_of(*context), data, memory, dest, source, length);
  if (failed != TrapCode::None) raise_trap(*context, failed);
}

void SKERRY_SYSV memory_copy(VmContext* context, uint32_t dest_memory, uint32_t source_memory,
                             uint64_t dest, uint64_t source, uint64_t length) {
  Instance& instance = instance_of(*context);
  const TrapCode failed = copy_memory(*instance.memory(dest_memory)->vm(),
                                      *instance.memory(source_memory)->vm(), dest, source, length);
  if (failed != TrapCode::None) raise_trap(*context, failed);
}

void SKERRY_SYSV memory_fill(VmContext* context, uint32_t memory, uint64_t dest, uint32_t value,
                             uint64_t length) {
  const TrapCode failed =
      fill_memory(*instance_of(*context).memory(memory)->vm(), dest, value, length);
  if (failed != TrapCode::None) raise_trap(*context, failed);
}

void SKERRY_SYSV data_drop(VmContext* context, uint32_t data) {
  instance_of(*context).drop_data(data);
}

}  // namespace skerry::runtime::builtin
