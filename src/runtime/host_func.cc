// The C++ end of a host thunk: from slots to the embedder's function and back.
#include "runtime/host_func.h"

#include <new>

#include "runtime/host_entry.h"
#include "runtime/store_access.h"

namespace skerry::runtime {
namespace {

// No exception crosses into generated code.
Result<void> run(const HostFunc& func, Caller& caller, std::span<uint64_t> slots) {
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

Result<void> call_host(HostFuncRecord& record, VmContext* calling, std::span<uint64_t> slots) {
  Store& store = *record.store;
  VmContext* const outer = std::exchange(StoreAccess::caller(store), calling);
  Caller caller(store, calling != nullptr ? &instance_of(*calling) : nullptr);
  Result<void> outcome = run(*record.func, caller, slots);
  StoreAccess::caller(store) = outer;
  return outcome;
}

bool SKERRY_SYSV host_entry(VmHostContext* self, VmContext* caller, uint64_t* values) {
  auto& record = *static_cast<HostFuncRecord*>(self->data);
  Store& store = *record.store;
  const uint64_t captures = StoreAccess::captures(store);
  const Result<void> outcome = call_host(record, caller, {values, record.slots});
  if (outcome) [[likely]]
    return true;
  // An Error that came out of a call the host function made keeps the backtrace taken there.
  StoreAccess::keep_frames(store) =
      StoreAccess::captures(store) != captures && StoreAccess::last_error(store) == outcome.error();
  StoreAccess::error(store) = outcome.error();
  return false;
}

}  // namespace skerry::runtime
