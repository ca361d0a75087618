// The portable part of CodePages. Without a file, pages are committed some way ahead, because
// changing the protection of one large range is cheaper than of many small ones; pages not written
// to cost nothing yet.
#include "platform/code_pages.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <vector>

#include "platform/random.h"

namespace skerry::platform {
namespace {

constexpr uint64_t kCommitAheadBytes = 256 << 10;
constexpr auto kGap = [] {
  std::array<uint8_t, CodePages::kCodeAlignment> gap;
  gap.fill(CodePages::kBreakpoint);
  return gap;
}();

constexpr uint64_t round_up_to_place(uint64_t bytes) {
  return (bytes + CodePages::kCodeAlignment - 1) / CodePages::kCodeAlignment *
         CodePages::kCodeAlignment;
}

// Calls lead from there to us and back, if from nowhere else.
std::atomic<uintptr_t> neighbour_of_code = reinterpret_cast<uintptr_t>(&place_code_near);

Result<MemoryMap> reserve_map(uint64_t bytes) {
  constexpr uint64_t kSegmentBytes = uint64_t{4} << 30;
  // Below this the program itself may be, and what it allocates next.
  constexpr uint64_t kFirst = uint64_t{1} << 30;
  constexpr uint64_t kGranularity = 64 << 10;
  constexpr int kTries = 8;
  const uintptr_t neighbour = neighbour_of_code.load(std::memory_order_relaxed);
  if (bytes != 0 && bytes <= kSegmentBytes / 8) {
    const uint64_t places = (kSegmentBytes - kFirst - bytes) / kGranularity;
    for (int i = 0; i < kTries; ++i) {
      // Random, as the system's own choice would be.
      uint64_t random = 0;
      if (!fill_random({reinterpret_cast<uint8_t*>(&random), sizeof(random)})) break;
      const uintptr_t address =
          neighbour / kSegmentBytes * kSegmentBytes + kFirst + random % places * kGranularity;
      if (auto map = MemoryMap::reserve_at(address, bytes)) return std::move(*map);
    }
  }
  return MemoryMap::reserve(bytes);
}

}  // namespace

void place_code_near(const void* neighbour) {
  assert(neighbour != nullptr);
  neighbour_of_code.store(reinterpret_cast<uintptr_t>(neighbour), std::memory_order_relaxed);
}

Result<CodePages> CodePages::reserve(uint64_t bytes, CodeMemory memory) {
  CodePages pages(TRY(reserve_map(round_up_to_page(bytes))));
  if (memory == CodeMemory::File && bytes != 0) pages.file_ = CodeFile::map_over(pages.map_);
  return pages;
}

Result<const uint8_t*> CodePages::append(Bytes code) {
  assert(!code.empty() && code.size() <= room_bytes());
  const uint8_t* const place = map_.base() + used_bytes_;
  if (file_)
    TRY(append_to_file(code));
  else
    TRY(append_in_place(code));
  return place;
}

Result<void> CodePages::append_to_file(Bytes code) {
  if (!file_->is_of_this_process()) {
    // The same in a file of our own. No other thread is here yet that could miss it meanwhile.
    const std::vector<uint8_t> used(map_.base(), map_.base() + used_bytes_);
    auto own = CodeFile::map_over(map_);
    if (!own) return fail(ErrorCode::OutOfMemory);
    file_ = std::move(own);
    TRY(file_->write(0, used));
  }
  TRY(file_->write(used_bytes_, code));
  const uint64_t used = round_up_to_place(used_bytes_ + code.size());
  TRY(file_->write(used_bytes_ + code.size(), Bytes(kGap).first(used - used_bytes_ - code.size())));
  used_bytes_ = used;
  return {};
}

Result<void> CodePages::append_in_place(Bytes code) {
  const uint64_t used = used_bytes_ + round_up_to_page(code.size());
  if (used > committed_bytes_) {
    const uint64_t ahead =
        std::min(std::max(used, committed_bytes_ + kCommitAheadBytes), map_.size_bytes());
    TRY(map_.commit(committed_bytes_, ahead - committed_bytes_));
    committed_bytes_ = ahead;
  }
  uint8_t* const place = map_.base() + used_bytes_;
  std::memcpy(place, code.data(), code.size());
  std::memset(place + code.size(), kBreakpoint, used - used_bytes_ - code.size());
  TRY(make_executable(place, used - used_bytes_));
  used_bytes_ = used;
  return {};
}

}  // namespace skerry::platform
