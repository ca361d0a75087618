// CodeArena: the machine code of one module in memory. Code arrives in batches; each batch is
// put behind the last and made known to the CodeMap. Not here: which func is published
// when (module_code.h). Invariant: one thread at a time publishes; what is published never moves.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "code/code.h"
#include "platform/code_pages.h"
#include "runtime/code_map.h"

namespace skerry::runtime {

class CodeArena {
 public:
  // `max_funcs` funcs at most will be published. `reservation_bytes`: address space to take at a
  // time.
  CodeArena(const ModuleCode& module, uint64_t reservation_bytes, uint32_t max_funcs)
      : module_(module), reservation_bytes_(reservation_bytes), max_funcs_(max_funcs) {}
  ~CodeArena();
  CodeArena(const CodeArena&) = delete;
  CodeArena& operator=(const CodeArena&) = delete;

  struct Piece {
    uint32_t func = 0;
    const FuncCode* code = nullptr;
    const void* address = nullptr;  // out
  };
  // All pieces or none.
  Result<void> publish(std::span<Piece> pieces);

  uint64_t code_bytes() const { return code_bytes_; }
  uint64_t site_bytes() const { return site_bytes_; }

 private:
  struct Region {
    Region(const ModuleCode& module, platform::CodePages reserved, uint32_t max_funcs)
        : pages(std::move(reserved)), funcs(module, pages.begin(), pages.end(), max_funcs) {}
    platform::CodePages pages;
    CodeRegion funcs;
  };
  Result<Region*> region_with_room(uint64_t bytes);
  const uint8_t* keep_sites(const SiteMap& sites);

  const ModuleCode& module_;
  uint64_t reservation_bytes_;
  uint32_t max_funcs_;
  std::vector<std::unique_ptr<Region>> regions_;
  std::vector<uint8_t> batch_;  // what is being published, kept for its memory
  // Site maps, packed one after another in blocks.
  std::vector<std::unique_ptr<uint8_t[]>> site_blocks_;
  size_t site_block_free_bytes_ = 0;
  uint8_t* site_block_next_ = nullptr;
  uint64_t code_bytes_ = 0;
  uint64_t site_bytes_ = 0;
};

}  // namespace skerry::runtime
