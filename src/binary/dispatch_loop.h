// How a compiler that has arbitrary jumps (Go's, for one) expresses them, found in bytes of code:
//   loop  block ... block  local.get $pc  br_table ...  end ... end
// A jump is then `i32.const k; local.set $pc; br $loop`, and goes to the block that br_table
// chooses for k. Compilers let it go there directly. Not here: what each does with the store.
#pragma once

#include <cstdint>
#include <vector>

namespace skerry {

struct DispatchLoop {
  static constexpr uint32_t kNoBlock = UINT32_MAX;
  uint32_t local = 0;
  uint32_t block_count = 0;      // blocks between `loop` and `br_table`, outermost first
  std::vector<uint32_t> blocks;  // for each br_table target, default last: the block whose end it
                                 // reaches, kNoBlock if it is none of the loop's own blocks
  uint32_t block_for(uint64_t value) const {
    return blocks[value < blocks.size() ? value : blocks.size() - 1];
  }
  // The block whose end a label of the br_table reaches.
  uint32_t block_at_depth(uint32_t depth) const {
    return depth < block_count ? block_count - 1 - depth : kNoBlock;
  }
};

// `i32.const k; local.set x; br depth`, read ahead.
struct ConstJump {
  uint32_t value = 0;
  uint32_t local = 0;
  uint32_t depth = 0;
  const uint8_t* end = nullptr;  // behind the br
};
// True if the bytes at p (validated code) are such a jump.
bool match_const_jump(const uint8_t* p, const uint8_t* end, ConstJump& jump);
// True if the bytes behind a `loop` opcode's immediate start a dispatch; fills local and
// block_count.
bool match_dispatch(const uint8_t* p, const uint8_t* end, DispatchLoop& loop);

}  // namespace skerry
