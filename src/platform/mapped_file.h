// MappedFile: a whole file's bytes to read. Large regular files are mapped, so that only what is
// looked at costs anything; small ones and pipes are read.
// Not here: writing, or files of the guest (wasi).
// Invariant: the bytes stay where they are as long as the object lives. Whoever cuts a mapped file
// short while it is in use ends the process; the CLI may take that risk, a server should copy.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace skerry::platform {

class MappedFile {
 public:
  // `path` is UTF-8. FileNotFound, or OsError with the system's error number in a.
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  MappedFile() = default;

  std::span<const uint8_t> bytes_;
  std::vector<uint8_t> read_;  // empty if mapped
};

// Files up to this size are read: that is cheaper than a mapping.
inline constexpr uint64_t kReadWholeBytes = 256 * 1024;
// What is no regular file is read up to here, then it is FileTooLarge: a device may have no end.
inline constexpr uint64_t kMaxStreamBytes = 256 * 1024 * 1024;

}  // namespace skerry::platform
