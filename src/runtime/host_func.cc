// The C++ end of a host thunk: from slots to the embedder's function and back.
#include "runtime/host_func.h"

#include <new>

#include "runtime/host_entry.h"
#include "runtime/store_access.h"

namespace skerry::runtime {
namespace {

// No exception crosses into generated code. Apart, for GCC for Windows (host_entry.h).
[[gnu::noinline]] Result<void> run(const HostFunc& func, Caller& caller,
                                   std::span<uint64_t> slots) noexcept {
  try {
    return func.call(caller, slots);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory);
  } catch (...) {
    return fail(ErrorCode::HostFunctionFailed);
  }
}

}  // namespace

GuestView Caller::memory() const { return instance_ ? instance_->host_memory() : GuestView(); }

bool WasmCall::fail(const Error& error) noexcept {
  // An Error that came out of a call the host function made keeps the backtrace taken there.
  StoreAccess::keep_frames(store()) =
      StoreAccess::captures(store()) != captures_ && StoreAccess::last_error(store()) == error;
  StoreAccess::error(store()) = error;
  return false;
}

bool SKERRY_SYSV host_entry(VmHostContext* self, VmContext* calling, uint64_t* values) {
  WasmCall call(*self, *calling);
  Caller caller(call.store(), &call.instance());
  const Result<void> outcome = run(*call.record().func, caller, {values, call.record().slots});
  return outcome ? true : call.fail(outcome.error());
}

Result<void> call_host(HostFuncRecord& record, std::span<uint64_t> slots) {
  Store& store = *record.store;
  VmContext* const outer = std::exchange(StoreAccess::caller(store), nullptr);
  Caller caller(store, nullptr);
  Result<void> outcome = run(*record.func, caller, slots);
  StoreAccess::caller(store) = outer;
  return outcome;
}

}  // namespace skerry::runtime
