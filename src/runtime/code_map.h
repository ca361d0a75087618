// CodeMap: from a program counter to the func it is in, for the whole process. CodeRegion: the
// funcs in one stretch of address space, by ascending address: appended as they are compiled, or
// all there from the start, in the rows of an artifact. Not here: placing code (code_arena.h).
// Invariant: look-ups take no lock and allocate nothing, so that a fault handler may make them.
// Funcs are only ever added to a region, each behind the last.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "code/code.h"
#include "runtime/code_image.h"

namespace skerry::runtime {

class ModuleCode;

// A func whose code is in place.
struct PlacedFunc {
  uint32_t code_offset = 0;  // from the region's begin
  uint32_t code_bytes = 0;
  uint32_t func = 0;
  uint32_t frame_bytes = 0;
  const uint8_t* sites = nullptr;
  uint32_t site_bytes = 0;

  std::optional<CodeSite> site_at(uint32_t offset_in_func, SiteMap::Kind kind) const {
    return SiteMap::find_in({sites, site_bytes}, offset_in_func, kind);
  }
};

class CodeRegion {
 public:
  CodeRegion(const ModuleCode& module, const uint8_t* begin, const uint8_t* end,
             uint32_t max_funcs);
  // The funcs of one part of an image. Nothing is appended.
  CodeRegion(const ModuleCode& module, const ArtifactPart& part, Bytes sites);
  ~CodeRegion();
  CodeRegion(const CodeRegion&) = delete;
  CodeRegion& operator=(const CodeRegion&) = delete;

  const ModuleCode& module() const { return module_; }
  uintptr_t begin() const { return begin_; }
  uintptr_t end() const { return end_; }

  bool holds(Bytes code) const {
    const auto at = reinterpret_cast<uintptr_t>(code.data());
    return !code.empty() && at >= begin_ && at < end_;
  }

  // One thread at a time.
  void append(const PlacedFunc& func);
  // The func that holds the byte at `pc`, if any.
  std::optional<PlacedFunc> find(uintptr_t pc) const;

 private:
  static constexpr uint32_t kChunkFuncs = 128;
  using Chunk = std::array<PlacedFunc, kChunkFuncs>;
  const PlacedFunc& at(uint32_t index) const {
    return (*chunks_[index / kChunkFuncs].load(std::memory_order_acquire))[index % kChunkFuncs];
  }

  std::optional<PlacedFunc> find_in_part(uint64_t offset) const;

  const ModuleCode& module_;
  const ArtifactPart part_;
  const Bytes part_sites_;
  uintptr_t begin_;
  uintptr_t end_;
  uint32_t chunk_count_ = 0;
  std::unique_ptr<std::atomic<Chunk*>[]> chunks_;
  std::atomic<uint32_t> count_{0};  // funcs that readers may see
};

class CodeMap {
 public:
  // A region must stay unchanged in place until it is removed.
  static void add(const CodeRegion& region);
  // Returns when no look-up can see the region any more.
  static void remove(const CodeRegion& region);

  // Keeps regions from being removed while it exists. What find() returned is good as long.
  class Reading {
   public:
    Reading();
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    struct Hit {
      const CodeRegion* region;
      PlacedFunc func;
      uint32_t offset_in_func;
    };
    std::optional<Hit> find(uintptr_t pc) const;
  };
};

}  // namespace skerry::runtime
