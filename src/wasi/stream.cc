// Streams in memory.
#include "wasi/stream.h"

#include <algorithm>
#include <cstring>

#include "platform/io_error.h"

namespace skerry::wasi {

Stream::~Stream() = default;

using platform::IoSlice;

Result<size_t> Stream::read(std::span<const IoSlice>) {
  return platform::fail_io(platform::IoError::BadDescriptor);
}
Result<size_t> Stream::write(std::span<const IoSlice>) {
  return platform::fail_io(platform::IoError::BadDescriptor);
}

Result<size_t> MemoryInput::read(std::span<const IoSlice> slices) {
  const size_t before = pos_;
  for (const IoSlice& slice : slices) {
    const size_t count = std::min(slice.size_bytes, text_.size() - pos_);
    if (count == 0) continue;
    std::memcpy(slice.data, text_.data() + pos_, count);
    pos_ += count;
  }
  return pos_ - before;
}

Result<size_t> MemoryOutput::write(std::span<const IoSlice> slices) {
  const size_t before = text_->size();
  for (const IoSlice& slice : slices)
    text_->append(reinterpret_cast<const char*>(slice.data), slice.size_bytes);
  return text_->size() - before;
}

}  // namespace skerry::wasi
