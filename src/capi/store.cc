// Things of a store, and config, engine and store as C has them.
#include "capi/store.h"

#include <algorithm>

#include "capi/boundary.h"
#include "capi/references.h"
#include "capi/trap.h"
#include "runtime/items.h"

namespace skerry::capi {
namespace {

struct ThingOfItem {
  Thing operator()(runtime::Func func) const { return {Kind::Func, func.ref(), nullptr}; }
  Thing operator()(runtime::Table* table) const { return {Kind::Table, table, nullptr}; }
  Thing operator()(runtime::Memory* memory) const { return {Kind::Memory, memory, nullptr}; }
  Thing operator()(runtime::Global* global) const { return {Kind::Global, global, nullptr}; }
  Thing operator()(runtime::Tag* tag) const { return {Kind::Tag, tag, nullptr}; }
};

// What the interface has no settings for is limited by the system alone.
runtime::StoreLimits store_limits() {
  runtime::StoreLimits limits;
  limits.instances = UINT64_MAX;
  return limits;
}

}  // namespace

Thing Thing::of(Kind kind, std::shared_ptr<Object> object) {
  void* const address = object.get();
  return {kind, address, std::move(object)};
}

Thing Thing::of(const runtime::Extern& item) { return std::visit(ThingOfItem(), item); }

runtime::Extern Thing::item() const {
  switch (kind) {
    case Kind::Func: return runtime::Func(static_cast<VmFuncRef*>(address));
    case Kind::Global: return static_cast<runtime::Global*>(address);
    case Kind::Table: return static_cast<runtime::Table*>(address);
    case Kind::Memory: return static_cast<runtime::Memory*>(address);
    default: return static_cast<runtime::Tag*>(address);
  }
}

StoreState::StoreState(std::shared_ptr<const embed::Engine> engine,
                       std::unique_ptr<runtime::Store> store)
    : engine_(std::move(engine)), runtime_(std::move(store)) {}

std::shared_ptr<StoreState> StoreState::create(std::shared_ptr<const embed::Engine> engine,
                                               const runtime::StoreLimits& limits) {
  auto store = runtime::Store::create(engine->runtime(), limits);
  if (!store) return nullptr;
  return std::shared_ptr<StoreState>(new StoreState(std::move(engine), std::move(*store)));
}

namespace {

// What the current thread is known by.
const void* this_thread() {
  static thread_local const char mark = 0;
  return &mark;
}

// No address is between them: calls do not find themselves on it and go the slow way.
constexpr runtime::Store::StackBounds kNoStack{1, 1};

}  // namespace

void StoreState::set_stack(Stack stack) {
  stack_ = stack;
  runtime_->set_stack(stack);
}

bool StoreState::lend() {
  const void* nobody = nullptr;
  if (!lent_to_.compare_exchange_strong(nobody, this)) return false;
  runtime_->set_stack(kNoStack);
  return true;
}

void StoreState::claim() { lent_to_ = this_thread(); }

void StoreState::give_back() {
  runtime_->set_stack(stack_);
  lent_to_ = nullptr;
}

bool StoreState::is_lent_elsewhere() const {
  const void* const to = lent_to_;
  return to && to != this_thread();
}

void StoreState::add_module(const embed::LoadedModule& module) {
  const auto is_same = [&](const embed::LoadedModule& known) { return known.code == module.code; };
  if (std::ranges::none_of(modules, is_same)) modules.push_back(module);
}

HostInfo* StoreState::find_host_info(const Thing& thing) {
  if (thing.object) return &thing.object->host_info;
  const auto place = host_infos_.find(thing.address);
  return place == host_infos_.end() ? nullptr : &place->second;
}

HostInfo& StoreState::host_info(const Thing& thing) {
  return thing.object ? thing.object->host_info : host_infos_[thing.address];
}

uint64_t StoreState::word_of(const Thing& thing) {
  const auto word = reinterpret_cast<uint64_t>(thing.address);
  seen_.try_emplace(word, thing);
  return word;
}

Thing StoreState::thing_of(uint64_t word) {
  const auto place = seen_.find(word);
  if (place != seen_.end()) return place->second;
  // Wasm made it, by extern.convert_any. It goes back as it came.
  const Thing opaque{Kind::Foreign, reinterpret_cast<void*>(word),
                     std::make_shared<ForeignObject>()};
  seen_.emplace(word, opaque);
  return opaque;
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

struct wasm_config_t {
  embed::EngineOptions options;
};

wasm_config_t* wasm_config_new() {
  return made([] { return new wasm_config_t; });
}
void wasm_config_delete(wasm_config_t* config) { delete config; }

wasm_engine_t* wasm_engine_new() { return wasm_engine_new_with_config(wasm_config_new()); }

wasm_engine_t* wasm_engine_new_with_config(wasm_config_t* config) {
  const std::unique_ptr<wasm_config_t> owned(config);
  if (!config) return nullptr;
  return made([&]() -> wasm_engine_t* {
    no_memory_trap();  // made now, while there is some
    auto engine = embed::Engine::create(config->options);
    if (!engine) return nullptr;
    return new wasm_engine_t{std::make_shared<const embed::Engine>(std::move(*engine))};
  });
}
void wasm_engine_delete(wasm_engine_t* engine) { delete engine; }

wasm_store_t* wasm_store_new(wasm_engine_t* engine) {
  if (!engine) return nullptr;
  return made([&]() -> wasm_store_t* {
    auto state = StoreState::create(engine->engine, store_limits());
    return state ? new wasm_store_t{std::move(state)} : nullptr;
  });
}
void wasm_store_delete(wasm_store_t* store) { delete store; }
