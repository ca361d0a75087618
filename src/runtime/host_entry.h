// How host functions are entered: from Wasm by a host thunk, or straight from the host.
// Not here: the embedder's side (host_func.h).
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "base/result.h"
#include "code/context.h"
#include "runtime/host_func.h"
#include "runtime/store_access.h"

namespace skerry::runtime {

// A call by Wasm, as long as it lasts.
class WasmCall {
 public:
  WasmCall(VmHostContext& self, VmContext& caller)
      : record_(*static_cast<HostFuncRecord*>(self.data)),
        instance_(instance_of(caller)),
        captures_(StoreAccess::captures(store())),
        outer_(std::exchange(StoreAccess::caller(store()), &caller)) {}
  ~WasmCall() { StoreAccess::caller(store()) = outer_; }
  WasmCall(const WasmCall&) = delete;
  WasmCall& operator=(const WasmCall&) = delete;

  const HostFuncRecord& record() const { return record_; }
  Store& store() const { return *record_.store; }
  Instance& instance() const { return instance_; }
  // Why Wasm is to be unwound. Answers false, as the entry then does.
  [[gnu::cold]] bool fail(const Error& error) noexcept;

 private:
  HostFuncRecord& record_;
  Instance& instance_;
  const uint64_t captures_;
  VmContext* const outer_;
};

// VmHostContext::entry of host functions, unless they have one of their own. Entries call nothing
// that might throw: GCC for Windows cannot compile the cleaning up in functions of this convention.
bool SKERRY_SYSV host_entry(VmHostContext* self, VmContext* caller, uint64_t* values);

// By the host itself.
Result<void> call_host(HostFuncRecord& record, std::span<uint64_t> slots);

}  // namespace skerry::runtime
