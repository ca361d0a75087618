// Instances: linking by position, and their exports.
#include <fmt/format.h>

#include "runtime/instance.h"

#include "capi/boundary.h"
#include "capi/module.h"
#include "capi/trap.h"
#include "capi/types.h"
#include "embed/linker.h"
#include "embed/report.h"

using namespace skerry;
using namespace skerry::capi;

namespace {

using State = std::shared_ptr<StoreState>;
using Imports = std::expected<std::vector<runtime::Extern>, std::string>;

std::string import_name(const Module& module, size_t index) {
  const Import& import = module.imports[index];
  return fmt::format("import {}, `{}` from `{}`", index, embed::printable(import.name),
                     embed::printable(import.module));
}

// Or what is wrong with them.
Imports imports_from(const StoreState& store, const Module& module,
                     const wasm_extern_vec_t* given) {
  const size_t count = given && given->data ? given->size : 0;
  if (count != module.imports.size())
    return std::unexpected(
        fmt::format("the module has {} imports, {} were given", module.imports.size(), count));
  std::vector<runtime::Extern> imports;
  for (size_t i = 0; i < count; ++i) {
    const wasm_extern_t* const item = given->data[i];
    if (!item || !is_extern(item->thing.kind))
      return std::unexpected(import_name(module, i) + ": nothing was given");
    if (item->store.get() != &store)
      return std::unexpected(import_name(module, i) + ": what was given is of another store");
    imports.push_back(item->thing.item());
  }
  return imports;
}

wasm_trap_t* link_trap(const State& store, const Module& module, const Error& error,
                       std::span<const runtime::Extern> imports) {
  const size_t index = error.a;
  if (error.code != ErrorCode::IncompatibleImport || index >= imports.size())
    return trap_of_failure(store, error, true);
  return new_trap(
      store, fmt::format("{}: incompatible type: wanted {}, given {}", import_name(module, index),
                         embed::describe_import(module, module.imports[index].type),
                         embed::describe_item(store->runtime(), imports[index])));
}

wasm_instance_t* instantiate(const State& store, const wasm_module_t* from,
                             const wasm_extern_vec_t* given, wasm_trap_t*& trap) {
  if (store->is_lent_elsewhere()) {
    trap = new_trap(store, kStoreIsLent);
    return nullptr;
  }
  const embed::LoadedModule* const loaded = loaded_of(from);
  if (!loaded) {
    trap = new_trap(store, "there is no module");
    return nullptr;
  }
  // A start func may delete the handle.
  const std::shared_ptr<runtime::ModuleCode> code = loaded->code;
  if (&code->engine() != store->engine().runtime().get()) {
    trap = new_trap(store, "the module is of another engine");
    return nullptr;
  }
  const Imports imports = imports_from(*store, code->module(), given);
  if (!imports) {
    trap = new_trap(store, imports.error());
    return nullptr;
  }
  const auto instance = runtime::instantiate(store->runtime(), code, *imports);
  if (!instance) {
    trap = link_trap(store, code->module(), instance.error(), *imports);
    return nullptr;
  }
  return new_handle<wasm_instance_t>(store, {Kind::Instance, *instance, nullptr});
}

std::unique_ptr<wasm_externtype_t> type_of_item(StoreState& store, const Thing& thing) {
  const Registry registry = store.registry();
  switch (thing.kind) {
    case Kind::Func:
      return make_type(store.runtime().func_type(std::get<runtime::Func>(thing.item())), registry);
    case Kind::Global:
      return make_type(static_cast<runtime::Global*>(thing.address)->type(), registry);
    case Kind::Table:
      return make_type(static_cast<runtime::Table*>(thing.address)->type(), registry);
    case Kind::Memory: return make_type(static_cast<runtime::Memory*>(thing.address)->type());
    default: return make_tag_type();
  }
}

}  // namespace

wasm_instance_t* wasm_instance_new(wasm_store_t* store, const wasm_module_t* module,
                                   const wasm_extern_vec_t* imports, wasm_trap_t** trap) {
  if (trap) *trap = nullptr;
  if (!store) return nullptr;
  const State state = store->state;
  wasm_trap_t* reason = nullptr;
  wasm_instance_t* const instance =
      made([&] { return instantiate(state, module, imports, reason); });
  if (!instance && !reason) reason = no_memory_trap();
  if (trap)
    *trap = reason;
  else
    wasm_trap_delete(reason);
  return instance;
}

void wasm_instance_exports(const wasm_instance_t* from, wasm_extern_vec_t* out) {
  if (!out) return;
  wasm_extern_vec_new_empty(out);
  auto* const instance = item_of<runtime::Instance>(from, Kind::Instance);
  if (!instance) return;
  const std::vector<Export>& exports = instance->module().exports;
  wasm_extern_vec_new_uninitialized(out, exports.size());
  for (size_t i = 0; i < out->size; ++i) {
    out->data[i] = made([&] {
      const Thing thing = Thing::of(instance->item(exports[i].kind, exports[i].index));
      return new_handle<wasm_extern_t>(from->store, thing);
    });
    if (!out->data[i]) return wasm_extern_vec_delete(out);
  }
}

wasm_externkind_t wasm_extern_kind(const wasm_extern_t* item) {
  return item ? static_cast<wasm_externkind_t>(item->thing.kind)
              : wasm_externkind_t{WASM_EXTERN_FUNC};
}

wasm_externtype_t* wasm_extern_type(const wasm_extern_t* item) {
  if (!item) return nullptr;
  return made([&] { return type_of_item(*item->store, item->thing).release(); });
}

// The types of the four kinds, each of which says the same as wasm_extern_type.
#define TYPE_OF(name)                                                    \
  wasm_##name##type_t* wasm_##name##_type(const wasm_##name##_t* item) { \
    return wasm_externtype_as_##name##type(wasm_extern_type(item));      \
  }

TYPE_OF(func)
TYPE_OF(global)
TYPE_OF(table)
TYPE_OF(memory)
