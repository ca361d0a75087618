// MemoryMap on Windows: VirtualAlloc in its two steps.
#include <windows.h>

#include <cassert>

#include "platform/memory_map.h"

namespace skerry::platform {

size_t page_bytes() {
  static const size_t bytes = [] {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return static_cast<size_t>(info.dwPageSize);
  }();
  return bytes;
}

Result<MemoryMap> MemoryMap::reserve(uint64_t bytes) {
  if (bytes == 0) return MemoryMap();
  void* base = VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_NOACCESS);
  if (base == nullptr) return fail(ErrorCode::OutOfMemory, kNoPosition, GetLastError());
  return MemoryMap(static_cast<uint8_t*>(base), bytes);
}

Result<MemoryMap> MemoryMap::reserve_at(uintptr_t address, uint64_t bytes) {
  void* const base =
      VirtualAlloc(reinterpret_cast<void*>(address), bytes, MEM_RESERVE, PAGE_NOACCESS);
  if (base == nullptr) return fail(ErrorCode::OutOfMemory, kNoPosition, GetLastError());
  return MemoryMap(static_cast<uint8_t*>(base), bytes);
}

Result<void> MemoryMap::commit(uint64_t offset, uint64_t bytes) {
  assert(offset % page_bytes() == 0 && bytes % page_bytes() == 0);
  assert(offset <= size_bytes_ && bytes <= size_bytes_ - offset);
  if (bytes == 0) return {};
  if (VirtualAlloc(base_ + offset, bytes, MEM_COMMIT, PAGE_READWRITE) == nullptr)
    return fail(ErrorCode::OutOfMemory, kNoPosition, GetLastError());
  return {};
}

Result<void> MemoryMap::decommit(uint64_t offset, uint64_t bytes) {
  assert(offset % page_bytes() == 0 && bytes % page_bytes() == 0);
  assert(offset <= size_bytes_ && bytes <= size_bytes_ - offset);
  if (bytes == 0) return {};
  if (!VirtualFree(base_ + offset, bytes, MEM_DECOMMIT))
    return fail(ErrorCode::OutOfMemory, kNoPosition, GetLastError());
  return {};
}

void MemoryMap::release() {
  if (base_ != nullptr) VirtualFree(base_, 0, MEM_RELEASE);
  base_ = nullptr;
  size_bytes_ = 0;
}

}  // namespace skerry::platform
