// The process's list of code regions: slots in blocks that are never freed, so that readers can
// walk them at any time; a count of readers tells a remover when nobody can hold its region.
#include "runtime/code_map.h"

#include <algorithm>
#include <cassert>
#include <mutex>
#include <thread>

#include "runtime/module_code.h"

namespace skerry::runtime {
namespace {

struct SlotBlock {
  std::array<std::atomic<const CodeRegion*>, 64> slots{};
  std::atomic<SlotBlock*> next{nullptr};
};

constinit SlotBlock first_block;
constinit std::atomic<uint32_t> reader_count{0};

std::mutex& writer_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

CodeRegion::CodeRegion(const ModuleCode& module, const uint8_t* begin, const uint8_t* end,
                       uint32_t max_funcs)
    : module_(module),
      begin_(reinterpret_cast<uintptr_t>(begin)),
      end_(reinterpret_cast<uintptr_t>(end)),
      chunk_count_(max_funcs / kChunkFuncs + 1),
      chunks_(std::make_unique<std::atomic<Chunk*>[]>(chunk_count_)) {}

CodeRegion::CodeRegion(const ModuleCode& module, const ArtifactPart& part, Bytes sites)
    : module_(module),
      part_(part),
      part_sites_(sites),
      begin_(reinterpret_cast<uintptr_t>(part.code.data())),
      end_(begin_ + part.code.size()) {}

CodeRegion::~CodeRegion() {
  for (uint32_t i = 0; i < chunk_count_; ++i) delete chunks_[i].load(std::memory_order_relaxed);
}

void CodeRegion::append(const PlacedFunc& func) {
  const uint32_t index = count_.load(std::memory_order_relaxed);
  assert(index / kChunkFuncs < chunk_count_);
  assert(index == 0 || func.code_offset >= at(index - 1).code_offset + at(index - 1).code_bytes);
  auto& slot = chunks_[index / kChunkFuncs];
  Chunk* chunk = slot.load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    chunk = new Chunk;
    slot.store(chunk, std::memory_order_release);
  }
  (*chunk)[index % kChunkFuncs] = func;
  count_.store(index + 1, std::memory_order_release);
}

std::optional<PlacedFunc> CodeRegion::find_in_part(uint64_t offset) const {
  // A row without code is never the last at its offset that has one: that one follows it.
  const auto behind = std::ranges::upper_bound(part_.funcs, offset, {}, &ArtifactFunc::code_offset);
  if (behind == part_.funcs.begin()) return std::nullopt;
  const ArtifactFunc& row = *(behind - 1);
  if (offset - row.code_offset >= row.code_bytes) return std::nullopt;
  const auto index = static_cast<uint32_t>(behind - 1 - part_.funcs.begin());
  return PlacedFunc{.code_offset = row.code_offset,
                    .code_bytes = row.code_bytes,
                    .func = module_.module().imported_funcs + index,
                    .frame_bytes = row.frame_bytes,
                    .sites = part_sites_.data() + row.sites_offset,
                    .site_bytes = row.site_bytes};
}

std::optional<PlacedFunc> CodeRegion::find(uintptr_t pc) const {
  if (pc < begin_ || pc >= end_) return std::nullopt;
  const uint64_t offset = pc - begin_;
  if (!part_.funcs.empty()) return find_in_part(offset);
  uint32_t low = 0;
  uint32_t high = count_.load(std::memory_order_acquire);
  while (low < high) {  // first func that starts behind pc
    const uint32_t middle = low + (high - low) / 2;
    if (at(middle).code_offset <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return std::nullopt;
  const PlacedFunc& func = at(low - 1);
  if (offset - func.code_offset >= func.code_bytes) return std::nullopt;
  return func;
}

void CodeMap::add(const CodeRegion& region) {
  const std::lock_guard lock(writer_mutex());
  for (SlotBlock* block = &first_block;;) {
    for (auto& slot : block->slots) {
      if (slot.load(std::memory_order_relaxed) != nullptr) continue;
      slot.store(&region, std::memory_order_seq_cst);
      return;
    }
    SlotBlock* next = block->next.load(std::memory_order_relaxed);
    if (next == nullptr) {
      next = new SlotBlock;
      block->next.store(next, std::memory_order_release);
    }
    block = next;
  }
}

void CodeMap::remove(const CodeRegion& region) {
  const std::lock_guard lock(writer_mutex());
  for (SlotBlock* block = &first_block; block != nullptr; block = block->next.load()) {
    for (auto& slot : block->slots)
      if (slot.load(std::memory_order_relaxed) == &region)
        slot.store(nullptr, std::memory_order_seq_cst);
  }
  // Readers are fault handlers and backtraces: short, and never waiting for us.
  while (reader_count.load(std::memory_order_seq_cst) != 0) std::this_thread::yield();
}

CodeMap::Reading::Reading() { reader_count.fetch_add(1, std::memory_order_seq_cst); }
CodeMap::Reading::~Reading() { reader_count.fetch_sub(1, std::memory_order_seq_cst); }

std::optional<CodeMap::Reading::Hit> CodeMap::Reading::find(uintptr_t pc) const {
  for (const SlotBlock* block = &first_block; block != nullptr; block = block->next.load()) {
    for (const auto& slot : block->slots) {
      const CodeRegion* region = slot.load(std::memory_order_seq_cst);
      if (region == nullptr) continue;
      if (const std::optional<PlacedFunc> func = region->find(pc))
        return Hit{region, *func, static_cast<uint32_t>(pc - region->begin() - func->code_offset)};
    }
  }
  return std::nullopt;
}

}  // namespace skerry::runtime
