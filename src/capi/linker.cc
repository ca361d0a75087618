// Linking by name: host functions, WASI, instances.
#include "embed/linker.h"

#include <fmt/format.h>

#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/fiber.h"
#include "capi/module.h"
#include "capi/native_libraries.h"
#include "capi/wasi.h"
#include "runtime/instance.h"
#include "wasi/imports.h"
#include "wasm/func_type_text.h"

using namespace skerry;
using namespace skerry::capi;

struct skerry_linker_t {
  std::shared_ptr<StoreState> store;
  embed::Linker linker;
  std::vector<NativeLibraries> native = {};
  const std::shared_ptr<native::LastError> last_error = std::make_shared<native::LastError>();
};
struct skerry_caller_t {
  runtime::Caller& caller;
};

namespace {

// `made`: from the type to the HostFunc.
template <class Made>
skerry_error_t* define_func(skerry_linker_t& linker, const char* module, const char* name,
                            const char* type, Made&& made) {
  auto wanted = func_type_of(type);
  if (!wanted) return misuse(fmt::format("`{}` is no type of a func", embed::printable(type)));
  linker.linker.define_func(module, name, made(std::move(*wanted)));
  return nullptr;
}

}  // namespace

skerry_linker_t* skerry_linker_new(wasm_store_t* store) {
  if (!store) return nullptr;
  return made(
      [&] { return new skerry_linker_t{store->state, embed::Linker(store->state->runtime())}; });
}
void skerry_linker_delete(skerry_linker_t* linker) { delete linker; }

void skerry_caller_memory(const skerry_caller_t* caller, uint8_t** data, size_t* size) {
  const runtime::GuestView view = caller ? caller->caller.memory() : runtime::GuestView();
  const auto bytes = view.checked(0, view.size_bytes());
  if (data) *data = bytes && !bytes->empty() ? bytes->data() : nullptr;
  if (size) *size = view.size_bytes();
}

skerry_error_t* skerry_linker_define_func(skerry_linker_t* linker, const char* module,
                                          const char* name, const char* type,
                                          skerry_host_func_t func, void* env,
                                          void (*finalizer)(void*)) {
  return answered([&]() -> skerry_error_t* {
    // Given over now, whatever comes.
    const auto own = std::make_shared<HostInfo>();
    own->set(env, finalizer);
    if (!linker || !module || !name || !type || !func) return misuse("an argument is null");
    StoreState* const store = linker->store.get();
    auto call = [own, func, store](runtime::Caller& caller,
                                   std::span<uint64_t> slots) -> Result<void> {
      skerry_caller_t handle{caller};
      skerry_error_t* const error = func(own->get(), &handle, slots.data());
      if (!error) return {};
      // Whoever called Wasm gets it as it is.
      skerry_error_delete(std::exchange(store->error_in_flight, error));
      return std::unexpected(error->error);
    };
    return define_func(*linker, module, name, type, [&](FuncType wanted) {
      return runtime::HostFunc{std::move(wanted), std::move(call)};
    });
  });
}

skerry_error_t* skerry_linker_define_fiber_func(skerry_linker_t* linker, const char* module,
                                                const char* name, const char* type,
                                                uint64_t host_function) {
  return answered([&]() -> skerry_error_t* {
    if (!linker || !module || !name || !type) return misuse("an argument is null");
    return define_func(*linker, module, name, type, [&](FuncType wanted) {
      return host_func_on_fiber(std::move(wanted), *linker->store, host_function);
    });
  });
}

skerry_error_t* skerry_linker_define_instance(skerry_linker_t* linker, const char* module,
                                              const wasm_instance_t* from) {
  return answered([&]() -> skerry_error_t* {
    auto* const instance = item_of<runtime::Instance>(from, Kind::Instance);
    if (!linker || !module || !instance) return misuse("an argument is null");
    if (from->store != linker->store) return misuse("the instance is of another store");
    linker->linker.define_instance(module, *instance);
    return nullptr;
  });
}

skerry_error_t* skerry_linker_define_wasi(skerry_linker_t* linker, skerry_wasi_t* given) {
  const std::unique_ptr<skerry_wasi_t> wasi(given);
  return answered([&]() -> skerry_error_t* {
    if (!linker || !wasi) return misuse("an argument is null");
    wasi::Stdio* const streams[] = {&wasi->config.standard_input, &wasi->config.standard_output,
                                    &wasi->config.standard_error};
    for (size_t i = 0; i < std::size(streams); ++i)
      if (const auto host_function = wasi->fiber_streams[i])
        *streams[i] = wasi::Stdio::of(stream_on_fiber(*linker->store, *host_function));
    // A later policy finds the folders by what they were added as.
    auto policy = wasi->config.policy ? *wasi->config.policy : policy::Policy();
    policy.directories = std::move(wasi->folders);
    wasi->config.policy = std::make_shared<policy::Policy>(std::move(policy));
    auto context = wasi::Context::create(std::move(wasi->config));
    if (!context) return new_error(context.error());
    wasi->gate->set_gate((*context)->gate());
    const auto defined = wasi::register_imports(
        std::move(*context),
        [&](std::string_view module, std::string_view name,
            runtime::HostFunc func) -> Result<void> {
          if (func.may_block) func.call = blocking_on_fiber(*linker->store, std::move(func.call));
          linker->linker.add_func(module, name, std::move(func));
          return {};
        });
    return defined ? nullptr : new_error(defined.error());
  });
}

skerry_error_t* skerry_linker_define_libraries(skerry_linker_t* linker, const char* manifest_path,
                                               const char* policy) {
  return answered([&]() -> skerry_error_t* {
    if (!linker || !manifest_path) return misuse("an argument is null");
    auto loaded = NativeLibraries::load(manifest_path, policy, linker->last_error);
    if (!loaded) return new_error(loaded.error());
    linker->native.push_back(std::move(*loaded));
    return nullptr;
  });
}

skerry_error_t* skerry_linker_instantiate(skerry_linker_t* linker,
                                          const wasm_shared_module_t* module,
                                          wasm_instance_t** out) {
  return answered([&]() -> skerry_error_t* {
    if (!linker || !module || !out) return misuse("an argument is null");
    StoreState& store = *linker->store;
    if (store.is_lent_elsewhere()) return misuse(kStoreIsLent);
    if (&module->loaded->code->engine() != store.engine().runtime().get())
      return misuse("the module is of another engine");
    store.add_module(*module->loaded);
    if (const auto defined = define_native(linker->native, store, *module->loaded, linker->linker);
        !defined)
      return new_error(defined.error());
    const auto instance = linker->linker.instantiate(*module->loaded);
    if (!instance) {
      skerry_error_t* const given = take_error_in_flight(store, instance.error().error);
      return given ? given : new_error(instance.error());
    }
    *out = new_handle<wasm_instance_t>(linker->store, {Kind::Instance, *instance, nullptr});
    return nullptr;
  });
}
