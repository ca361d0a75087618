// HostFunc: a function the embedder implements, with its type. Caller: what it may know of who
// called. Not here: how Wasm reaches it (a host thunk, made by the compiler, calls host_entry in
// host_func.cc). Invariant: slots hold the arguments one after another (v128: two slots) and
// receive the results in the same form; the span has room for the larger of both.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/result.h"
#include "code/context.h"
#include "runtime/guest_view.h"
#include "wasm/types.h"

namespace skerry::runtime {

class Instance;
class Store;

class Caller {
 public:
  Caller(Store& store, Instance* instance) : store_(store), instance_(instance) {}
  Store& store() const { return store_; }
  // The calling instance; null if the host itself called.
  Instance* instance() const { return instance_; }
  // The memory the instance exports as "memory", else its memory 0; empty if it has none. Take it
  // anew after anything that may run the guest.
  GuestView memory() const;

 private:
  Store& store_;
  Instance* instance_;
};

// A failure unwinds Wasm and comes out of the outermost call as the same Error (ProgramExit, a
// trap, HostFunctionFailed ...).
using HostCall = std::function<Result<void>(Caller& caller, std::span<uint64_t> slots)>;

struct HostFunc {
  FuncType type;  // concrete heap types inside are engine-wide ids
  HostCall call;
  // It may wait for something outside: embedders that keep a scheduler's processor let go of it.
  bool may_block = false;
  // If given, does `call` for Wasm that calls it, with less in between: it makes a WasmCall, and
  // throws nothing. `data` is for it.
  HostEntry from_wasm = nullptr;
  void* data = nullptr;
};

}  // namespace skerry::runtime
