// Memory: reservations, growth in place, and moving when a reservation without guards is outgrown.
#include <algorithm>
#include <cassert>
#include <cstring>

#include "platform/mapped_file.h"
#include "runtime/code_image.h"
#include "runtime/items.h"
#include "runtime/store_access.h"

namespace skerry::runtime {
namespace {

// Unmapped space before a guarded memory: an address that wrongly went negative faults as well.
constexpr uint64_t kGuardBeforeBytes = uint64_t{2} << 30;
constexpr uint64_t kMaxPages32 = 65536;
// More than this no system maps (47 bits of address space).
constexpr uint64_t kMaxPages64 = (uint64_t{1} << 46) / kWasmPageBytes;

}  // namespace

Result<std::unique_ptr<Memory>> Memory::create(Store& store, const MemoryType& type) {
  std::unique_ptr<Memory> memory(new Memory(store, type));
  const Limits& limits = type.limits;
  memory->max_pages_ =
      std::min(limits.max.value_or(UINT64_MAX), limits.is_64 ? kMaxPages64 : kMaxPages32);
  if (limits.min > memory->max_pages_) return fail(ErrorCode::OutOfMemory);
  const uint64_t bytes = limits.min * kWasmPageBytes;
  if (!StoreAccess::take_memory(store, bytes))
    return fail(ErrorCode::MemoryLimitExceeded, kNoPosition, bytes, store.limits().memory_bytes);
  memory->guarded_ = !store.engine().options().code.explicit_bounds && !limits.is_64;
  Result<void> ready = memory->reserve(bytes);
  if (ready) ready = memory->resize(bytes);
  if (!ready) {
    // Nothing of it is in use: the destructor gives back what the size says.
    StoreAccess::give_back_memory(store, bytes);
    return std::unexpected(ready.error());
  }
  return memory;
}

Memory::~Memory() { StoreAccess::give_back_memory(store_, vm_.size_bytes); }

MemoryType Memory::type() const {
  MemoryType result = type_;
  result.limits.min = size_pages();
  return result;
}

Result<void> Memory::reserve(uint64_t size_bytes) {
  guard_before_bytes_ = guarded_ ? kGuardBeforeBytes : 0;
  if (guarded_) {
    map_ = TRY(platform::MemoryMap::reserve(guard_before_bytes_ + kGuardReservationBytes));
  } else {
    const uint64_t max_bytes = max_pages_ * kWasmPageBytes;
    uint64_t wanted = std::min(
        max_bytes, std::max(size_bytes, store_.engine().options().explicit_reservation_bytes));
    // Threads may be in a shared memory at any time: it never moves.
    if (type_.is_shared) wanted = max_bytes;
    wanted = platform::round_up_to_page(wanted);
    auto map = platform::MemoryMap::reserve(wanted);
    // Where address space is scarce, start with less: the memory moves when it grows.
    while (!map && !type_.is_shared && wanted / 2 >= size_bytes && wanted > kWasmPageBytes) {
      wanted = platform::round_up_to_page(wanted / 2);
      map = platform::MemoryMap::reserve(wanted);
    }
    map_ = TRY(std::move(map));
  }
  vm_.base = map_.base() + guard_before_bytes_;
  return {};
}

// To a larger size, in place.
Result<void> Memory::resize(uint64_t size_bytes) {
  assert(size_bytes >= vm_.size_bytes);
  TRY(map_.commit(guard_before_bytes_ + vm_.size_bytes, size_bytes - vm_.size_bytes));
  vm_.size_bytes = size_bytes;
  return {};
}

std::optional<uint64_t> Memory::grow(uint64_t delta_pages) {
  const uint64_t old_pages = size_pages();
  if (delta_pages > max_pages_ - old_pages) return std::nullopt;
  if (delta_pages == 0) return old_pages;
  const uint64_t delta_bytes = delta_pages * kWasmPageBytes;
  if (!StoreAccess::take_memory(store_, delta_bytes)) return std::nullopt;
  const uint64_t size_bytes = vm_.size_bytes + delta_bytes;
  const bool in_place = size_bytes <= map_.size_bytes() - guard_before_bytes_;
  const bool done = in_place ? resize(size_bytes).has_value() : move_and_grow(size_bytes);
  if (!done) {
    StoreAccess::give_back_memory(store_, delta_bytes);
    return std::nullopt;
  }
  return old_pages;
}

bool Memory::move_and_grow(uint64_t size_bytes) {
  assert(!guarded_ && !type_.is_shared);
  const uint64_t max_bytes = max_pages_ * kWasmPageBytes;
  // Doubling keeps the number of moves small.
  uint64_t wanted = std::min(max_bytes, 2 * size_bytes);
  auto larger = platform::MemoryMap::reserve(wanted);
  if (!larger) larger = platform::MemoryMap::reserve(size_bytes);
  if (!larger || !larger->commit(0, size_bytes)) return false;
  std::memcpy(larger->base(), vm_.base, vm_.size_bytes);
  map_ = std::move(*larger);  // the old mapping goes when `larger` does
  vm_.base = map_.base();
  vm_.size_bytes = size_bytes;
  for (VmContext* context : users_) context->memory0_base = vm_.base;
  return true;
}

Result<void> Memory::start_with(const DataImage& image) {
  assert(image.begin <= vm_.size_bytes && image.bytes.size() <= vm_.size_bytes - image.begin);
  const std::span<uint8_t> pages(vm_.base + image.begin, image.bytes.size());
  if (image.file && TRY(image.file->lay_over(pages, image.offset))) return {};
  std::memcpy(pages.data(), image.bytes.data(), pages.size());
  return {};
}

void Memory::add_user(VmContext* context) {
  users_.push_back(context);
  context->memory0 = &vm_;
  context->memory0_base = vm_.base;
}

}  // namespace skerry::runtime
