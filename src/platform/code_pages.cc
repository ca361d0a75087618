// The portable part of CodePages: pages are committed some way ahead, because changing the
// protection of one large range is cheaper than of many small ones. Pages not written to cost
// nothing yet.
#include "platform/code_pages.h"

#include <algorithm>

namespace skerry::platform {
namespace {

constexpr uint64_t kCommitAheadBytes = 256 << 10;

}  // namespace

Result<CodePages> CodePages::reserve(uint64_t bytes) {
  return CodePages(TRY(MemoryMap::reserve(round_up_to_page(bytes))));
}

Result<std::span<uint8_t>> CodePages::open(uint64_t bytes) {
  assert(open_bytes_ == 0 && bytes > 0 && bytes <= room_bytes());
  const uint64_t wanted = sealed_bytes_ + round_up_to_page(bytes);
  if (wanted > committed_bytes_) {
    const uint64_t ahead =
        std::min(std::max(wanted, committed_bytes_ + kCommitAheadBytes), map_.size_bytes());
    TRY(map_.commit(committed_bytes_, ahead - committed_bytes_));
    committed_bytes_ = ahead;
  }
  open_bytes_ = wanted - sealed_bytes_;
  return std::span(map_.base() + sealed_bytes_, open_bytes_);
}

Result<void> CodePages::seal() {
  assert(open_bytes_ > 0);
  const uint64_t bytes = std::exchange(open_bytes_, 0);
  TRY(make_executable(map_.base() + sealed_bytes_, bytes));
  sealed_bytes_ += bytes;
  return {};
}

}  // namespace skerry::platform
