// Blocks of stacks, and which of their places are free.
#include "platform/stack_memory.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "platform/memory_map.h"

namespace skerry::platform {
namespace {

// A block has places for as many stacks as this holds, and for one at least.
constexpr uint64_t kBlockBytes = uint64_t{32} << 20;
// More than any address space has.
constexpr uint64_t kTooManyBytes = uint64_t{1} << 56;

}  // namespace

struct SwitchableStack::Block {
  MemoryMap map;
  uint64_t place_bytes;  // of a stack and the page below it
  uint64_t place_count;
  std::vector<uintptr_t> free_places;  // their addresses, the next one last

  // Blocks with free places; a block without is held by its stacks alone.
  struct Shared {
    std::mutex mutex;  // also guards what is free in each
    std::vector<std::shared_ptr<Block>> with_room;
  };
  // Never destroyed: stacks may go after everything else at the end of the process.
  static Shared& shared() {
    static Shared& only = *new Shared;
    return only;
  }

  static Result<std::shared_ptr<Block>> create(uint64_t place_bytes) {
    auto block = std::make_shared<Block>();
    block->place_bytes = place_bytes;
    block->place_count = std::max<uint64_t>(kBlockBytes / place_bytes, 1);
    block->map = TRY(MemoryMap::reserve(block->place_count * place_bytes));
    const auto base = reinterpret_cast<uintptr_t>(block->map.base());
    for (uint64_t i = block->place_count; i-- > 0;)
      block->free_places.push_back(base + i * place_bytes);
    return block;
  }
  // Takes a place of a block of this kind.
  static Result<std::pair<std::shared_ptr<Block>, uintptr_t>> take_place(uint64_t place_bytes) {
    auto& [mutex, with_room] = shared();
    const std::lock_guard lock(mutex);
    auto found = std::ranges::find(with_room, place_bytes,
                                   [](const auto& block) { return block->place_bytes; });
    if (found == with_room.end()) {
      with_room.push_back(TRY(create(place_bytes)));
      found = with_room.end() - 1;
    }
    std::shared_ptr<Block> block = *found;
    const uintptr_t place = block->free_places.back();
    block->free_places.pop_back();
    if (block->free_places.empty()) with_room.erase(found);
    return std::pair(std::move(block), place);
  }
  // The block goes with its last stack.
  static void give_back(const std::shared_ptr<Block>& block, uintptr_t place) {
    auto& [mutex, with_room] = shared();
    const std::lock_guard lock(mutex);
    block->free_places.push_back(place);
    if (block->free_places.size() == 1) with_room.push_back(block);
    if (block->free_places.size() == block->place_count) std::erase(with_room, block);
  }
  uint64_t offset_of(uintptr_t address) const {
    return address - reinterpret_cast<uintptr_t>(map.base());
  }
};

Result<SwitchableStack> SwitchableStack::create(uint64_t bytes) {
  if (bytes >= kTooManyBytes) return fail(ErrorCode::OutOfMemory);
  const uint64_t usable_bytes = round_up_to_page(bytes + kRoomAboveBytes);
  auto [block, place] = TRY(Block::take_place(page_bytes() + usable_bytes));
  const uintptr_t low = place + page_bytes();
  SwitchableStack stack(std::move(block), low, low + usable_bytes);
  TRY(stack.block_->map.commit(stack.block_->offset_of(low), usable_bytes));
  return stack;
}

SwitchableStack::~SwitchableStack() {
  if (!block_) return;
  // A place that cannot be emptied is not used again.
  if (block_->map.decommit(block_->offset_of(low_), high_ - low_))
    Block::give_back(block_, low_ - page_bytes());
}

}  // namespace skerry::platform
