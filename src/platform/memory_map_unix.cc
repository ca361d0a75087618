// MemoryMap on Unix: mmap without access, mprotect to commit.
#include "platform/memory_map.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

namespace skerry::platform {

size_t page_bytes() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

Result<MemoryMap> MemoryMap::reserve(uint64_t bytes) {
  if (bytes == 0) return MemoryMap();
  void* base = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED)
    return fail(ErrorCode::OutOfMemory, kNoPosition, static_cast<uint64_t>(errno));
  return MemoryMap(static_cast<uint8_t*>(base), bytes);
}

Result<MemoryMap> MemoryMap::reserve_at(uintptr_t address, uint64_t bytes) {
  void* const wanted = reinterpret_cast<void*>(address);
  void* const base = mmap(wanted, bytes, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (base == MAP_FAILED)
    return fail(ErrorCode::OutOfMemory, kNoPosition, static_cast<uint64_t>(errno));
  MemoryMap map(static_cast<uint8_t*>(base), bytes);
  // Old systems take the address as a wish.
  if (base != wanted) return fail(ErrorCode::OutOfMemory);
  return map;
}

Result<void> MemoryMap::commit(uint64_t offset, uint64_t bytes) {
  assert(offset % page_bytes() == 0 && bytes % page_bytes() == 0);
  assert(offset <= size_bytes_ && bytes <= size_bytes_ - offset);
  if (bytes == 0) return {};
  if (mprotect(base_ + offset, bytes, PROT_READ | PROT_WRITE) != 0)
    return fail(ErrorCode::OutOfMemory, kNoPosition, static_cast<uint64_t>(errno));
  return {};
}

Result<void> MemoryMap::decommit(uint64_t offset, uint64_t bytes) {
  assert(offset % page_bytes() == 0 && bytes % page_bytes() == 0);
  assert(offset <= size_bytes_ && bytes <= size_bytes_ - offset);
  if (bytes == 0) return {};
  // A fresh mapping in the same place drops the pages and their contents at once.
  void* fresh = mmap(base_ + offset, bytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  if (fresh == MAP_FAILED)
    return fail(ErrorCode::OutOfMemory, kNoPosition, static_cast<uint64_t>(errno));
  return {};
}

void MemoryMap::release() {
  if (base_ != nullptr) munmap(base_, size_bytes_);
  base_ = nullptr;
  size_bytes_ = 0;
}

}  // namespace skerry::platform
