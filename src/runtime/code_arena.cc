// Batches into pages: funcs are aligned as they ask, gaps are filled with breakpoints.
#include "runtime/code_arena.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "runtime/engine.h"
#include "runtime/module_code.h"

namespace skerry::runtime {
namespace {

constexpr uint64_t kMinAlignment = 16;
constexpr uint64_t kMaxAlignment = platform::CodePages::kCodeAlignment;
constexpr uint8_t kBreakpoint = platform::CodePages::kBreakpoint;
constexpr uint64_t kMaxRegionBytes = uint64_t{UINT32_MAX} + 1 - (64 << 10);
constexpr size_t kSiteBlockBytes = 16 << 10;

constexpr uint64_t align_up(uint64_t bytes, uint64_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

}  // namespace

CodeArena::~CodeArena() {
  for (const auto& region : regions_) CodeMap::remove(region->funcs);
}

Result<CodeArena::Region*> CodeArena::region_with_room(uint64_t bytes) {
  if (!regions_.empty() && regions_.back()->pages.room_bytes() >= bytes)
    return regions_.back().get();
  // Offsets in a region are 32 bits.
  if (bytes > kMaxRegionBytes) return fail(ErrorCode::OutOfMemory);
  const uint64_t wanted = std::clamp(reservation_bytes_, bytes, kMaxRegionBytes);
  // Whoever is told of code may have a profiler in mind.
  const auto memory = module_.engine().options().on_publish ? platform::CodeMemory::Private
                                                            : platform::CodeMemory::File;
  auto pages = TRY(platform::CodePages::reserve(wanted, memory));
  regions_.push_back(std::make_unique<Region>(module_, std::move(pages), max_funcs_));
  CodeMap::add(regions_.back()->funcs);
  return regions_.back().get();
}

const uint8_t* CodeArena::keep_sites(const SiteMap& sites) {
  const size_t bytes = sites.size_bytes();
  site_bytes_ += bytes;
  if (bytes > site_block_free_bytes_) {
    const size_t block = std::max(bytes, kSiteBlockBytes);
    site_blocks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(block));
    // A large map gets a block of its own; the block in use stays in use if it has more room left.
    if (block - bytes >= site_block_free_bytes_) {
      site_block_next_ = site_blocks_.back().get();
      site_block_free_bytes_ = block;
    } else {
      std::memcpy(site_blocks_.back().get(), sites.bytes().data(), bytes);
      return site_blocks_.back().get();
    }
  }
  uint8_t* const kept = site_block_next_;
  if (bytes != 0) std::memcpy(kept, sites.bytes().data(), bytes);
  site_block_next_ += bytes;
  site_block_free_bytes_ -= bytes;
  return kept;
}

Result<void> CodeArena::publish(std::span<Piece> pieces) {
  assert(!pieces.empty());
  batch_.clear();
  for (const Piece& piece : pieces) {
    const std::vector<uint8_t>& code = piece.code->code;
    const uint64_t alignment = piece.code->alignment;
    assert(!code.empty() && alignment >= kMinAlignment && alignment <= kMaxAlignment);
    batch_.resize(align_up(batch_.size(), alignment), kBreakpoint);
    batch_.insert(batch_.end(), code.begin(), code.end());
  }
  const uint64_t total = batch_.size();
  batch_.resize(align_up(total, kMaxAlignment), kBreakpoint);
  Region* const region = TRY(region_with_room(batch_.size()));
  const uint8_t* next = TRY(region->pages.append(batch_));
  for (Piece& piece : pieces) {
    const auto place = align_up(reinterpret_cast<uintptr_t>(next), piece.code->alignment);
    piece.address = reinterpret_cast<const void*>(place);
    next = reinterpret_cast<const uint8_t*>(place) + piece.code->code.size();
  }

  for (const Piece& piece : pieces) {
    PlacedFunc placed;
    placed.code_offset =
        static_cast<uint32_t>(reinterpret_cast<uintptr_t>(piece.address) - region->funcs.begin());
    placed.code_bytes = static_cast<uint32_t>(piece.code->code.size());
    placed.func = piece.func;
    placed.frame_bytes = piece.code->frame_bytes;
    placed.sites = keep_sites(piece.code->sites);
    placed.site_bytes = static_cast<uint32_t>(piece.code->sites.size_bytes());
    region->funcs.append(placed);
    if (const auto& told = module_.engine().options().on_publish)
      told({&module_, piece.func, piece.address, placed.code_bytes, placed.frame_bytes,
            piece.code->made_by});
  }
  code_bytes_ += total;
  return {};
}

}  // namespace skerry::runtime
