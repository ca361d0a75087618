// SwitchableStack: memory for a stack that is switched to (stack_switch.h). Stacks of one size lie
// side by side in blocks, so that a thousand of them do not take a thousand mappings and page
// tables far apart. Not here: what runs on them. Invariant: below each stack lies a page that
// faults; a new stack is all zeros, whoever had its place before.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/result.h"

namespace skerry::platform {

// Movable. Made and destroyed on any thread.
class SwitchableStack {
 public:
  static Result<SwitchableStack> create(uint64_t bytes);
  SwitchableStack(SwitchableStack&& other) noexcept
      : block_(std::move(other.block_)), low_(other.low_), high_(other.high_) {}
  SwitchableStack& operator=(SwitchableStack&& other) = delete;
  ~SwitchableStack();

  uintptr_t low() const { return low_; }
  uintptr_t high() const { return high_; }
  // Where calls begin. There is room above it: what is called there may read beyond its frame
  // (variadic functions of libc do).
  void* top() const { return reinterpret_cast<void*>(high_ - kRoomAboveBytes); }

 private:
  struct Block;
  static constexpr size_t kRoomAboveBytes = 256;
  SwitchableStack(std::shared_ptr<Block> block, uintptr_t low, uintptr_t high)
      : block_(std::move(block)), low_(low), high_(high) {}

  std::shared_ptr<Block> block_;  // null: moved from
  uintptr_t low_, high_;
};

}  // namespace skerry::platform
