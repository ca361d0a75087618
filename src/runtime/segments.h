// Copying from segments, as memory.init, table.init and instantiation do it.
// Not here: anything about instructions' operands.
// Invariant: bounds are checked before anything is written; a dropped segment has length 0.
#pragma once

#include <cstdint>

#include "code/code.h"

namespace skerry::runtime {

class Instance;

// TrapCode::None: done.
TrapCode init_memory(Instance& instance, uint32_t data, uint32_t memory, uint64_t dest,
                     uint64_t source, uint64_t length);
TrapCode init_table(Instance& instance, uint32_t elem, uint32_t table, uint64_t dest,
                    uint64_t source, uint64_t length);

// [start, start + length) lies in [0, size).
constexpr bool range_fits(uint64_t start, uint64_t length, uint64_t size) {
  return start <= size && length <= size - start;
}

}  // namespace skerry::runtime
