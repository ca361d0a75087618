// Calls on threads of the library's own. Not here: how a store is lent to one (store.h).
// Invariant: the store is given back before the callback learns of the end, and the job keeps the
// store until the callback is done.
#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/typed_func.h"
#include "platform/detached_thread.h"
#include "runtime/store_access.h"

using namespace skerry;
using namespace skerry::capi;

namespace {

// What the engine and host functions may use of the stack besides Wasm.
constexpr uint64_t kHostStackBytes = 1 << 20;

struct Job {
  skerry_func_t func;
  uint64_t* slots;
  skerry_done_t callback;
  void* env;

  void run() const {
    func.store->claim();
    skerry_error_t* const error = call_typed(func, slots);
    func.store->give_back();
    callback(env, error);
  }
};

}  // namespace

skerry_error_t* skerry_func_call_async(const skerry_func_t* func, uint64_t* slots,
                                       skerry_done_t callback, void* env) {
  return answered([&]() -> skerry_error_t* {
    if (!func || !callback || (!slots && func->slot_count != 0))
      return misuse("an argument is null");
    StoreState& store = *func->store;
    if (store.fiber) return misuse("the store has a fiber");
    if (store.is_lent_elsewhere()) return misuse(kStoreIsLent);
    if (runtime::StoreAccess::stack_limit(store.runtime()) != 0)
      return misuse("the store is in a call");
    auto job = std::make_shared<Job>(Job{*func, slots, callback, env});
    if (!store.lend()) return misuse(kStoreIsLent);
    const uint64_t stack_bytes = store.runtime().limits().wasm_stack_bytes + kHostStackBytes;
    const auto started = guarded(Result<void>(fail(ErrorCode::OutOfMemory)), [&] {
      return platform::start_detached([job = std::move(job)] { job->run(); }, stack_bytes);
    });
    if (started) return nullptr;
    store.give_back();
    return new_error(started.error());
  });
}
