// MappedFile: a whole file's bytes to read. Large regular files are mapped, so that only what is
// looked at costs anything; small ones and pipes are read. Parts of a mapped file can be executed,
// or be what other memory starts from. Not here: writing (whole_file.h), or files of the guest
// (wasi). Invariant: the bytes stay where they are as long as the object lives. Whoever cuts a
// mapped file short while it is in use ends the process; the CLI may take that risk, a server
// should copy.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace skerry::platform {

// A part of a MappedFile that is code. Good as long as the file is.
class ExecutableMap {
 public:
  ExecutableMap() = default;
  ~ExecutableMap();
  ExecutableMap(ExecutableMap&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        size_bytes_(std::exchange(other.size_bytes_, 0)) {}
  ExecutableMap& operator=(ExecutableMap&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_bytes_, other.size_bytes_);
    return *this;
  }

  const uint8_t* begin() const { return begin_; }
  uint64_t size_bytes() const { return size_bytes_; }

 private:
  friend class MappedFile;
  ExecutableMap(const uint8_t* begin, uint64_t size_bytes)
      : begin_(begin), size_bytes_(size_bytes) {}
  const uint8_t* begin_ = nullptr;
  uint64_t size_bytes_ = 0;
};

class MappedFile {
 public:
  // `path` is UTF-8. FileNotFound, or OsError with the system's error number in a.
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }

  // These bytes of the file, executable and not writable. `offset` is a multiple of
  // kExecutableAlignment. Fails where the file was read instead of mapped, or where the system lets
  // nothing in it be executed: then copy.
  Result<ExecutableMap> executable(uint64_t offset, uint64_t bytes) const;
  // Makes whole pages of memory that is committed start as a part of the file does, without copying
  // it: what is written there stays there. False: not from this file, or not on this system;
  // nothing has changed. OutOfMemory: the pages are lost.
  Result<bool> lay_over(std::span<uint8_t> pages, uint64_t offset) const;
  // The bytes cannot be changed by another user, as long as this object lives.
  bool only_we_can_write() const { return only_we_can_write_; }

 private:
  MappedFile() = default;

  std::span<const uint8_t> bytes_;
  std::vector<uint8_t> read_;  // empty if mapped
  bool only_we_can_write_ = false;
  int descriptor_ = -1;      // Unix, if mapped: what further mappings are made of
  void* section_ = nullptr;  // Windows: what views are made of
  void* file_ = nullptr;     // Windows: kept open, so that nobody opens it for writing
};

// Files up to this size are read: that is cheaper than a mapping.
inline constexpr uint64_t kReadWholeBytes = 256 * 1024;
// What is no regular file is read up to here, then it is FileTooLarge: a device may have no end.
inline constexpr uint64_t kMaxStreamBytes = 256 * 1024 * 1024;
// Fits the page size of every system, and what Windows wants of a view.
inline constexpr uint64_t kExecutableAlignment = 64 * 1024;

}  // namespace skerry::platform
