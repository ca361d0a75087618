// CodeFile: a file in memory, mapped for executing over a whole MemoryMap and filled by the kernel,
// so that code gets into place without its pages ever being writable at any address, and without
// the other threads being stopped to forget what the pages were. Not here: what lies where
// (code_pages.h).
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "platform/memory_map.h"

namespace skerry::platform {

class CodeFile {
 public:
  // Absent: the system has none or forbids it, or too many are in use: descriptors are scarce.
  static std::optional<CodeFile> map_over(MemoryMap& map);
  ~CodeFile();
  CodeFile(CodeFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), process_(other.process_) {}
  CodeFile& operator=(CodeFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(process_, other.process_);
    return *this;
  }

  Result<void> write(uint64_t offset, Bytes bytes);
  // A forked process shares the file with its parent, and so must not write to it.
  bool is_of_this_process() const;

 private:
  CodeFile(int descriptor, int64_t process) : descriptor_(descriptor), process_(process) {}

  int descriptor_ = -1;
  int64_t process_ = 0;
};

}  // namespace skerry::platform
