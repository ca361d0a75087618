// CodePages: a reservation of address space that fills up, from low to high, with machine code.
// Fresh pages are opened for writing, filled, and sealed: from then on they are executable and
// read-only. Not here: what the code is or who looks it up. Invariant: no page is ever writable and
// executable at once, and none becomes writable again after it was executable. One thread at a time
// opens and seals.
#pragma once

#include <cassert>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "platform/memory_map.h"

namespace skerry::platform {

class CodePages {
 public:
  CodePages() = default;
  static Result<CodePages> reserve(uint64_t bytes);

  const uint8_t* begin() const { return map_.base(); }
  const uint8_t* end() const { return map_.base() + map_.size_bytes(); }
  uint64_t room_bytes() const { return map_.size_bytes() - sealed_bytes_; }

  // At least `bytes` writable bytes on fresh pages, directly behind everything sealed so far.
  // `bytes` is at most room_bytes(). Nothing else may be open.
  Result<std::span<uint8_t>> open(uint64_t bytes);
  // Makes the opened pages executable.
  Result<void> seal();

 private:
  explicit CodePages(MemoryMap map) : map_(std::move(map)) {}

  MemoryMap map_;
  uint64_t sealed_bytes_ = 0;
  uint64_t open_bytes_ = 0;       // behind the sealed ones
  uint64_t committed_bytes_ = 0;  // sealed, open, and writable pages kept for the next open()
};

// The system's part of seal(): turns writable pages into executable ones.
Result<void> make_executable(uint8_t* pages, uint64_t bytes);

}  // namespace skerry::platform
