// MemoryMap: a reservation of address space, parts of which are committed (readable, writable, zero
// at first). Everything else in it faults. Not here: executable pages (code_pages.h). Invariant:
// offsets and sizes passed in are multiples of page_bytes() and inside the reservation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/result.h"

namespace skerry::platform {

size_t page_bytes();
inline uint64_t round_up_to_page(uint64_t bytes) {
  return (bytes + page_bytes() - 1) / page_bytes() * page_bytes();
}

class MemoryMap {
 public:
  MemoryMap() = default;
  // Reserves address space only: it costs no memory.
  static Result<MemoryMap> reserve(uint64_t bytes);
  // The same at this address, a multiple of 64 KiB; fails if something is there.
  static Result<MemoryMap> reserve_at(uintptr_t address, uint64_t bytes);
  ~MemoryMap() { release(); }
  MemoryMap(MemoryMap&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)),
        size_bytes_(std::exchange(other.size_bytes_, 0)) {}
  MemoryMap& operator=(MemoryMap&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
  }

  uint8_t* base() const { return base_; }
  uint64_t size_bytes() const { return size_bytes_; }

  // Fresh pages read as zero; committing twice is harmless.
  Result<void> commit(uint64_t offset, uint64_t bytes);
  // Gives the pages back: they fault again, and are zero when committed anew.
  Result<void> decommit(uint64_t offset, uint64_t bytes);
  void release();

 private:
  MemoryMap(uint8_t* base, uint64_t size_bytes) : base_(base), size_bytes_(size_bytes) {}
  uint8_t* base_ = nullptr;
  uint64_t size_bytes_ = 0;
};

}  // namespace skerry::platform
