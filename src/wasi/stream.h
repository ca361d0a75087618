// Stream: something an embedder puts in place of stdin, stdout or stderr, with ready-made ones that
// read from and write into memory. Not here: the system's own streams (platform::File).
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "platform/files.h"
#include "platform/io_error.h"

namespace skerry::wasi {

class Stream {
 public:
  virtual ~Stream();  // out of line: GCC 12 misreads the inlined one as freeing a wrong address
  // Neither may keep the slices. They may wait. The defaults refuse (BadDescriptor).
  virtual Result<size_t> read(std::span<const platform::IoSlice> slices);
  virtual Result<size_t> write(std::span<const platform::IoSlice> slices);
};

// For streams that take one slice at a time: `move_one(slice)` answers a Result with how many bytes
// it moved; more than the slice has is a failure (Io). As with a pipe, a failure after some bytes
// is for the next call to find. An Error of move_one is the stream's.
template <class MoveOne>
Result<size_t> move_one_by_one(std::span<const platform::IoSlice> slices, MoveOne&& move_one) {
  size_t moved = 0;
  for (const platform::IoSlice& slice : slices) {
    if (slice.size_bytes == 0) continue;
    const size_t count = TRY(move_one(slice));
    if (count > slice.size_bytes) {
      if (moved != 0) break;
      return platform::fail_io(platform::IoError::Io);
    }
    moved += count;
    if (count < slice.size_bytes) break;
  }
  return moved;
}

class MemoryInput : public Stream {
 public:
  explicit MemoryInput(std::string text) : text_(std::move(text)) {}
  Result<size_t> read(std::span<const platform::IoSlice> slices) override;

 private:
  std::string text_;
  size_t pos_ = 0;
};

class MemoryOutput : public Stream {
 public:
  explicit MemoryOutput(std::shared_ptr<std::string> text) : text_(std::move(text)) {}
  Result<size_t> write(std::span<const platform::IoSlice> slices) override;

 private:
  std::shared_ptr<std::string> text_;
};

}  // namespace skerry::wasi
