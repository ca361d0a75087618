// Generated code at the borders of Wasm: entry from the host, calls out to host functions, and the
// shared stubs of builtins.def. Follows code/abi.h.
#pragma once

#include <cstdint>
#include <vector>

#include "baseline/x64/cpu.h"
#include "code/code.h"

namespace skerry::baseline::x64 {

StubCode make_entry_thunk(const FuncType& type);
StubCode make_fiber_thunk(const FuncType& type, const FiberThunkPlaces& places);
StubCode make_host_thunk(const FuncType& type);
StubCode make_stub(Builtin which, const CpuFeatures& cpu);
std::vector<uint8_t> make_lazy_stubs(uint32_t first, uint32_t count);

}  // namespace skerry::baseline::x64
