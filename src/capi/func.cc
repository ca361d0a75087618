// Funcs: callbacks of C as host functions, and calls from C.
// Not here: fitting single values (values.h).
// Invariant: a call gets its arguments and gives its results only after each was checked; what does
// not fit becomes a trap.
#include <fmt/format.h>

#include "capi/boundary.h"
#include "capi/references.h"
#include "capi/trap.h"
#include "capi/types.h"
#include "capi/values.h"
#include "runtime/call.h"

namespace skerry::capi {
namespace {

// A host function of C. It belongs to its store, which therefore outlives it.
class Callback {
 public:
  Callback(StoreState& store, const FuncType& type, wasm_func_callback_t plain,
           wasm_func_callback_with_env_t with_env)
      : store_(store), type_(type), plain_(plain), with_env_(with_env) {}
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  ~Callback() {
    if (finalizer_) finalizer_(env_);
  }

  void set_env(void* env) { env_ = env; }
  void set_finalizer(HostInfo::Finalizer finalizer) { finalizer_ = finalizer; }

  Result<void> call(std::span<uint64_t> slots) {
    Vals arguments(type_.params.size()), results(type_.results.size());
    for (size_t i = 0; i < arguments.size(); ++i)
      arguments[i] = val_of(store_, slots[i], type_.params[i]);
    for (size_t i = 0; i < results.size(); ++i) results[i] = zero_of(store_, type_.results[i]);
    const wasm_val_vec_t given{arguments.size(), arguments.data()};
    wasm_val_vec_t taken{results.size(), results.data()};
    wasm_trap_t* const trap = plain_ ? plain_(&given, &taken) : with_env_(env_, &given, &taken);
    if (trap) return fail_with(trap);
    for (size_t i = 0; i < results.size(); ++i) {
      const auto slot = slot_of(store_, results[i], type_.results[i]);
      if (!slot)
        return fail_with(
            new_trap(store_.shared_from_this(),
                     fmt::format("result {} of a host function: {}", i, text_of(slot.error()))));
      slots[i] = *slot;
    }
    return {};
  }

 private:
  std::unexpected<Error> fail_with(wasm_trap_t* trap) {
    store_.trap_in_flight.reset(trap);
    return fail(ErrorCode::HostFunctionFailed);
  }

  StoreState& store_;
  FuncType type_;
  wasm_func_callback_t plain_;
  wasm_func_callback_with_env_t with_env_;
  void* env_ = nullptr;
  HostInfo::Finalizer finalizer_ = nullptr;
};

bool all_have_values(const std::vector<ValType>& types, const TypeRegistry* registry) {
  for (ValType type : types)
    if (!has_values(kind_of(type, registry))) return false;
  return true;
}

bool is_callable(const FuncType& type, const TypeRegistry* registry) {
  return all_have_values(type.params, registry) && all_have_values(type.results, registry);
}

wasm_func_t* add_func(StoreState& store, const FuncType& type,
                      const std::shared_ptr<Callback>& callback) {
  auto host = std::make_shared<runtime::HostFunc>();
  host->type = type;
  host->call = [callback](runtime::Caller&, std::span<uint64_t> slots) {
    return callback->call(slots);
  };
  const auto func = store.runtime().add_host_func(std::move(host));
  if (!func) return nullptr;
  return new_handle<wasm_func_t>(store.shared_from_this(), Thing::of(runtime::Extern(*func)));
}

wasm_func_t* new_func(wasm_store_t* store, const wasm_functype_t* wanted,
                      wasm_func_callback_t plain, wasm_func_callback_with_env_t with_env, void* env,
                      HostInfo::Finalizer finalizer) {
  if (!store || !wanted || (!plain && !with_env)) return nullptr;
  StoreState& state = *store->state;
  const auto type = type_in(*wanted, *state.registry());
  if (!type || !is_callable(*type, state.registry().get())) return nullptr;
  const auto callback = std::make_shared<Callback>(state, *type, plain, with_env);
  callback->set_env(env);
  wasm_func_t* const func = add_func(state, *type, callback);
  if (func) callback->set_finalizer(finalizer);
  return func;
}

// Puts arguments into slots; the trap that says why not.
wasm_trap_t* put_arguments(const std::shared_ptr<StoreState>& store, const FuncType& type,
                           const wasm_val_vec_t* arguments, FewOf<uint64_t>& slots) {
  const size_t count = arguments ? arguments->size : 0;
  if (count != type.params.size() || (count != 0 && !arguments->data))
    return new_trap(store, fmt::format("the func takes {} arguments, {} were given",
                                       type.params.size(), count));
  for (size_t i = 0; i < count; ++i) {
    const auto slot = slot_of(*store, arguments->data[i], type.params[i]);
    if (!slot) return new_trap(store, fmt::format("argument {}: {}", i, text_of(slot.error())));
    slots[i] = *slot;
  }
  return nullptr;
}

wasm_trap_t* call(const std::shared_ptr<StoreState>& store, runtime::Func func,
                  const wasm_val_vec_t* arguments, wasm_val_vec_t* results) {
  if (store->is_lent_elsewhere()) return new_trap(store, kStoreIsLent);
  runtime::Store& runtime = store->runtime();
  const FuncType& type = runtime.func_type(func);
  if (!is_callable(type, store->registry().get()))
    return new_trap(store, "the func has types that the C interface has no values of");
  const size_t result_count = type.results.size();
  FewOf<uint64_t> slots(std::max(type.params.size(), result_count));
  if (wasm_trap_t* const trap = put_arguments(store, type, arguments, slots)) return trap;
  const auto done = runtime::call(runtime, func, std::span(slots.data(), slots.size()));
  if (!done) return trap_of_failure(store, done.error(), runtime.instance_of(func) != nullptr);
  if (result_count == 0) return nullptr;
  if (!results || !results->data || results->size < result_count)
    return new_trap(store, fmt::format("the func has {} results, there is room for {}",
                                       result_count, results && results->data ? results->size : 0));
  // Made all before any is given.
  Vals values(result_count);
  for (size_t i = 0; i < result_count; ++i) values[i] = val_of(*store, slots[i], type.results[i]);
  for (size_t i = 0; i < result_count; ++i) results->data[i] = values.give(i);
  return nullptr;
}

const FuncType* type_of(const wasm_func_t* func) {
  return is_a(func, Kind::Func) ? &func->store->runtime().func_type(func_of(*func)) : nullptr;
}

}  // namespace
}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

wasm_func_t* wasm_func_new(wasm_store_t* store, const wasm_functype_t* type,
                           wasm_func_callback_t callback) {
  return made([&] { return new_func(store, type, callback, nullptr, nullptr, nullptr); });
}

wasm_func_t* wasm_func_new_with_env(wasm_store_t* store, const wasm_functype_t* type,
                                    wasm_func_callback_with_env_t callback, void* env,
                                    void (*finalizer)(void*)) {
  return made([&] { return new_func(store, type, nullptr, callback, env, finalizer); });
}

size_t wasm_func_param_arity(const wasm_func_t* func) {
  const FuncType* const type = type_of(func);
  return type ? type->params.size() : 0;
}

size_t wasm_func_result_arity(const wasm_func_t* func) {
  const FuncType* const type = type_of(func);
  return type ? type->results.size() : 0;
}

wasm_trap_t* wasm_func_call(const wasm_func_t* func, const wasm_val_vec_t* arguments,
                            wasm_val_vec_t* results) {
  if (!is_a(func, Kind::Func)) return new_trap(nullptr, "there is no func");
  // What runs may delete the handle, and the store's.
  const std::shared_ptr<StoreState> store = func->store;
  return guarded(no_memory_trap(), [&] { return call(store, func_of(*func), arguments, results); });
}
