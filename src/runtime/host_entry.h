// How host functions are entered: from Wasm by a host thunk, or straight from the host.
// Not here: the embedder's side (host_func.h).
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "code/context.h"

namespace skerry::runtime {

struct HostFuncRecord;

// `calling`: the context of the Wasm that called; null if the host did.
Result<void> call_host(HostFuncRecord& record, VmContext* calling, std::span<uint64_t> slots);

// VmHostContext::entry of every host function.
bool SKERRY_SYSV host_entry(VmHostContext* self, VmContext* caller, uint64_t* values);

}  // namespace skerry::runtime
