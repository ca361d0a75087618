// Calls without boxing: the type is checked when a func is looked up, and slots are handed over as
// they are.
#include "capi/typed_func.h"

#include <fmt/format.h>

#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/fiber.h"
#include "capi/references.h"
#include "embed/linker.h"
#include "runtime/instance.h"
#include "wasm/func_type_text.h"

using namespace skerry;
using namespace skerry::capi;

[[gnu::noinline]] skerry_error_t* skerry::capi::error_of_call(const skerry_func_t& func) {
  if (func.store->is_lent_elsewhere()) return misuse(kStoreIsLent);
  return error_of_failure(*func.store, func.func.take_error());
}

bool skerry::capi::call_unless_lent(const skerry_func_t& func, uint64_t* slots) {
  return !func.store->is_lent_elsewhere() && func.func.call_within(slots);
}

skerry_error_t* skerry_instance_func(const wasm_instance_t* from, const char* name,
                                     const char* type, skerry_func_t** out) {
  return answered([&]() -> skerry_error_t* {
    auto* const instance = item_of<runtime::Instance>(from, Kind::Instance);
    if (!instance || !name || !out) return misuse("an argument is null");
    const auto item = instance->find_export(name);
    if (!item) return misuse(fmt::format("there is no export `{}`", embed::printable(name)));
    if (runtime::kind_of(*item) != ExternKind::Func)
      return misuse(fmt::format("the export `{}` is no func", embed::printable(name)));
    const auto func = std::get<runtime::Func>(*item);
    runtime::Store& runtime = from->store->runtime();
    const FuncType& found = runtime.func_type(func);
    if (type) {
      const auto wanted = func_type_of(type);
      if (!wanted) return misuse(fmt::format("`{}` is no type of a func", embed::printable(type)));
      if (!(*wanted == found))
        return misuse(fmt::format("`{}` has the type {}, not {}", embed::printable(name),
                                  embed::to_string(found), embed::to_string(*wanted)));
    }
    const auto prepared = runtime::PreparedFunc::of(runtime, func);
    if (!prepared) return new_error(prepared.error());
    const auto start = fiber_start(*prepared);
    if (!start) return new_error(start.error());
    *out = new skerry_func_t{*prepared, runtime::slots_for(found), from->store,
                             func_type_text(found), *start};
    return nullptr;
  });
}

void skerry_func_delete(skerry_func_t* func) { delete func; }

size_t skerry_func_slots(const skerry_func_t* func) { return func ? func->slot_count : 0; }

skerry_fiber_switch_t skerry_func_start(const skerry_func_t* func) { return func->start; }

const char* skerry_func_type(const skerry_func_t* func) { return func ? func->type.c_str() : ""; }

skerry_error_t* skerry_func_call(const skerry_func_t* func, uint64_t* slots) {
  return call_typed(*func, slots);
}

wasm_memory_t* skerry_instance_memory(const wasm_instance_t* from, const char* name) {
  auto* const instance = item_of<runtime::Instance>(from, Kind::Instance);
  if (!instance || !name) return nullptr;
  return made([&]() -> wasm_memory_t* {
    const auto item = instance->find_export(name);
    if (!item || runtime::kind_of(*item) != ExternKind::Memory) return nullptr;
    return new_handle<wasm_memory_t>(from->store, Thing::of(*item));
  });
}
