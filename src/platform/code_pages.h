// CodePages: a reservation of address space that fills up, from low to high, with machine code. Not
// here: what the code is or who looks it up. Invariant: no page is ever writable and executable at
// once, and none becomes writable again after it was executable. One thread at a time appends.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "platform/code_file.h"
#include "platform/memory_map.h"

namespace skerry::platform {

// How code gets into executable pages.
enum class CodeMemory : uint8_t {
  // Into fresh pages that are written and then turned executable: for code that comes all at once.
  Private,
  // Through a CodeFile, if there is one to have: for code that comes bit by bit. Profilers call
  // what lies there by the name of the file, whatever a perf map says.
  File,
};

// Has code from now on lie in the same 4 GiB of addresses as `neighbour`, where there is room:
// processors spend more on calls that lead out of them. At first that is this program or library.
// Any thread.
void place_code_near(const void* neighbour);

class CodePages {
 public:
  CodePages() = default;
  static Result<CodePages> reserve(uint64_t bytes, CodeMemory memory = CodeMemory::Private);

  const uint8_t* begin() const { return map_.base(); }
  const uint8_t* end() const { return map_.base() + map_.size_bytes(); }
  uint64_t room_bytes() const { return map_.size_bytes() - used_bytes_; }

  // Puts code, at most room_bytes(), behind all there is and makes it executable. Where it lies is
  // a multiple of kCodeAlignment, and directly behind the last if that was whole pages.
  Result<const uint8_t*> append(Bytes code);
  static constexpr uint64_t kCodeAlignment = 64;
  // What fills gaps between pieces of code: no instruction that does something (x86: int3).
  static constexpr uint8_t kBreakpoint = 0xcc;

 private:
  explicit CodePages(MemoryMap map) : map_(std::move(map)) {}
  Result<void> append_to_file(Bytes code);
  Result<void> append_in_place(Bytes code);

  MemoryMap map_;
  std::optional<CodeFile> file_;
  uint64_t used_bytes_ = 0;
  uint64_t committed_bytes_ = 0;  // used, and writable pages kept for the next; without a file
};

// Turns writable pages into executable ones.
Result<void> make_executable(uint8_t* pages, uint64_t bytes);

}  // namespace skerry::platform
