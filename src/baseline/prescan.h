// The look over a body before code is emitted: how much each local is used (weighted by loops),
// where calls are, and which loops are dispatch loops. It decides nothing about registers. Cost:
// one decoding of the body; linear in its size.
//
// A dispatch loop is how a compiler that has arbitrary jumps (Go's, for one) expresses them:
//   loop  block ... block  local.get $pc  br_table ...  end ... end
// A jump is then `i32.const k; local.set $pc; br $loop`. Such a jump goes straight to the block
// that br_table would choose for k; the store is dropped where nothing else could read it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "binary/function_reader.h"
#include "wasm/module.h"

namespace skerry::baseline {

struct LocalUse {
  ValType type;
  float weight = 0;           // expected accesses per call of the func
  bool needs_initial = true;  // false: every read is known to follow a write, or it is a parameter
};

struct DispatchLoop {
  static constexpr uint32_t kNoBlock = UINT32_MAX;
  uint32_t local = 0;
  uint32_t block_count = 0;      // blocks between `loop` and `br_table`, outermost first
  std::vector<uint32_t> blocks;  // for each br_table target, default last: the block whose end it
                                 // reaches, kNoBlock if it is none of the loop's own blocks
  std::vector<bool> is_backward_goal;  // per block: some jump to its end lies behind that end
  bool store_is_dead = true;  // every branch to the loop sets the local first, none else reads it
  uint32_t block_for(uint64_t value) const {
    return blocks[value < blocks.size() ? value : blocks.size() - 1];
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

struct Prescan {
  std::vector<LocalUse> locals;          // parameters first
  std::vector<DispatchLoop> dispatches;  // in the order their loops appear
  float call_weight = 0;                 // expected calls per call of the func
  bool has_v128 = false;
};

Prescan prescan(const Module& module, Features features, uint32_t func);

}  // namespace skerry::baseline
