// Stream: something an embedder puts in place of stdin, stdout or stderr, with ready-made ones that
// read from and write into memory. Not here: the system's own streams (platform::File).
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "platform/files.h"

namespace skerry::wasi {

class Stream {
 public:
  virtual ~Stream();  // out of line: GCC 12 misreads the inlined one as freeing a wrong address
  // Neither may keep the slices. They may wait. The defaults refuse (BadDescriptor).
  virtual Result<size_t> read(std::span<const platform::IoSlice> slices);
  virtual Result<size_t> write(std::span<const platform::IoSlice> slices);
};

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
