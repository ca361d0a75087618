// The look over a body before code is emitted: how much each local is used (weighted by loops),
// where calls are, and which loops are dispatch loops. It decides nothing about registers. Cost:
// one decoding of the body; linear in its size.
//
// A jump through a dispatch loop (binary/dispatch_loop.h) goes straight to its block; the store is
// dropped where nothing else could read it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "binary/dispatch_loop.h"
#include "binary/function_reader.h"
#include "wasm/module.h"

namespace skerry::baseline {

struct LocalUse {
  ValType type;
  float weight = 0;           // expected accesses per call of the func
  bool needs_initial = true;  // false: every read is known to follow a write, or it is a parameter
};

struct ScannedDispatch : DispatchLoop {
  std::vector<bool> is_backward_goal;  // per block: some jump to its end lies behind that end
  bool store_is_dead = true;  // every branch to the loop sets the local first, none else reads it
};

struct Prescan {
  std::vector<LocalUse> locals;             // parameters first
  std::vector<ScannedDispatch> dispatches;  // in the order their loops appear
  float call_weight = 0;                    // expected calls per call of the func
  bool has_v128 = false;
};

Prescan prescan(const Module& module, Features features, uint32_t func);

}  // namespace skerry::baseline
