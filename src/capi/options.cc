// Engines and stores with options.
#include "capi/options.h"
#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/references.h"
#include "embed/code_cache.h"

using namespace skerry;
using namespace skerry::capi;

struct skerry_interrupt_t {
  runtime::InterruptHandle handle;
};

skerry_error_t* skerry_engine_new(const skerry_engine_options_t* given, wasm_engine_t** out) {
  return answered([&]() -> skerry_error_t* {
    skerry_engine_options_t options;
    if (!out) return misuse("there is no place for the engine");
    if (const auto why = read_options(given, options); !why.empty()) return misuse(why);
    if (options.tier > SKERRY_TIER_LLVM) return misuse("there is no such tier");
    embed::EngineOptions wanted;
    wanted.tier = static_cast<embed::Tier>(options.tier);
    wanted.runtime.code.fuel = options.has_fuel != 0;
    if (options.has_cache != 0) wanted.cache = embed::CodeCache::of_user(embed::kDefaultCacheBytes);
    auto engine = embed::Engine::create(wanted);
    if (!engine) return new_error(engine.error());
    *out = new wasm_engine_t{std::make_shared<const embed::Engine>(std::move(*engine))};
    return nullptr;
  });
}

skerry_error_t* skerry_store_new(const wasm_engine_t* engine, const skerry_store_options_t* given,
                                 wasm_store_t** out) {
  return answered([&]() -> skerry_error_t* {
    skerry_store_options_t options;
    if (!engine || !out) return misuse("an argument is null");
    if (const auto why = read_options(given, options); !why.empty()) return misuse(why);
    runtime::StoreLimits limits;
    const auto set = [](uint64_t& limit, uint64_t wanted) {
      if (wanted != 0) limit = wanted;
    };
    set(limits.memory_bytes, options.memory_bytes);
    set(limits.table_elements, options.table_elements);
    set(limits.instances, options.instances);
    set(limits.wasm_stack_bytes, options.wasm_stack_bytes);
    auto state = StoreState::create(engine->engine, limits);
    if (!state) return no_memory_error();
    *out = new wasm_store_t{std::move(state)};
    return nullptr;
  });
}

void skerry_store_set_fuel(wasm_store_t* store, uint64_t fuel) {
  if (store) store->state->runtime().set_fuel(fuel);
}

uint64_t skerry_store_fuel(const wasm_store_t* store) {
  return store ? store->state->runtime().fuel_left() : 0;
}

void skerry_store_set_stack(wasm_store_t* store, uintptr_t low, uintptr_t high) {
  if (!store) return;
  if (low == 0 && high == 0)
    store->state->set_stack(std::nullopt);
  else
    store->state->set_stack(runtime::Store::StackBounds{low, high});
}

skerry_interrupt_t* skerry_store_interrupt_new(const wasm_store_t* store) {
  if (!store) return nullptr;
  return made([&] { return new skerry_interrupt_t{store->state->runtime().interrupt_handle()}; });
}
void skerry_interrupt_delete(skerry_interrupt_t* interrupt) { delete interrupt; }
void skerry_interrupt(const skerry_interrupt_t* interrupt) {
  if (interrupt) interrupt->handle.interrupt();
}
void skerry_store_clear_interrupt(wasm_store_t* store) {
  if (store) store->state->runtime().clear_interrupt();
}
