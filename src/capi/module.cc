// Modules: loading, what they import and export, sharing between threads, serialization.
// Not here: machine code. What is serialized are the module's bytes, which are validated again.
#include <algorithm>

#include "capi/boundary.h"
#include "capi/module.h"
#include "capi/types.h"

namespace skerry::capi {
namespace {

constexpr std::string_view kMagic{"\0asm", 4};
// Stands before the bytes of a serialized module.
constexpr std::string_view kSerialHeader{"skerry module 1\n"};

using Loaded = std::shared_ptr<const embed::LoadedModule>;

// Null: not a valid module in the binary format.
Loaded load(const StoreState& store, std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return nullptr;
  auto source = embed::Source::of_bytes("module", {bytes.begin(), bytes.end()});
  auto loaded = store.engine().load(std::move(source));
  if (!loaded) return nullptr;
  return std::make_shared<const embed::LoadedModule>(std::move(*loaded));
}

wasm_module_t* new_module(const std::shared_ptr<StoreState>& store, Loaded loaded) {
  if (!loaded) return nullptr;
  auto object = std::make_shared<ModuleObject>();
  object->loaded = std::move(loaded);
  return new_handle<wasm_module_t>(store, Thing::of(Kind::Module, std::move(object)));
}

std::string_view text_of(const wasm_byte_vec_t* bytes) {
  return bytes && bytes->data ? std::string_view(bytes->data, bytes->size) : std::string_view();
}

std::unique_ptr<wasm_externtype_t> type_of_export(const ValidatedModule& validated,
                                                  const Export& row) {
  const Module& module = validated.module();
  switch (row.kind) {
    case ExternKind::Func: return make_type(ExternType(module.funcs[row.index]), validated);
    case ExternKind::Table: return make_type(ExternType(module.tables[row.index].type), validated);
    case ExternKind::Memory: return make_type(ExternType(module.memories[row.index]), validated);
    case ExternKind::Global:
      return make_type(ExternType(module.globals[row.index].type), validated);
    case ExternKind::Tag: break;
  }
  return make_tag_type();
}

// Fills `out` with what `make` makes of each row; leaves it empty if memory is exhausted.
template <class Vec, class Row, class Make>
void fill(Vec* out, const std::vector<Row>& rows, void (*init)(Vec*, size_t), void (*drop)(Vec*),
          Make make) {
  init(out, rows.size());
  for (size_t i = 0; i < out->size; ++i) {
    out->data[i] = made([&] { return make(rows[i]); });
    if (!out->data[i]) return drop(out);
  }
}

}  // namespace

const embed::LoadedModule* loaded_of(const wasm_module_t* module) {
  if (!is_a(module, Kind::Module)) return nullptr;
  return static_cast<const ModuleObject&>(*module->thing.object).loaded.get();
}

}  // namespace skerry::capi

using namespace skerry;
using namespace skerry::capi;

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  if (!store) return nullptr;
  return made([&] { return new_module(store->state, load(*store->state, text_of(binary))); });
}

bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  if (!store) return false;
  return guarded(false, [&] { return load(*store->state, text_of(binary)) != nullptr; });
}

void wasm_module_imports(const wasm_module_t* module, wasm_importtype_vec_t* out) {
  if (!out) return;
  wasm_importtype_vec_new_empty(out);
  const embed::LoadedModule* const loaded = loaded_of(module);
  if (!loaded) return;
  fill(out, loaded->parsed.module->imports, wasm_importtype_vec_new_uninitialized,
       wasm_importtype_vec_delete, [&](const Import& row) {
         return new wasm_importtype_t{Name(row.module), Name(row.name),
                                      make_type(row.type, loaded->code->validated())};
       });
}

void wasm_module_exports(const wasm_module_t* module, wasm_exporttype_vec_t* out) {
  if (!out) return;
  wasm_exporttype_vec_new_empty(out);
  const embed::LoadedModule* const loaded = loaded_of(module);
  if (!loaded) return;
  fill(out, loaded->parsed.module->exports, wasm_exporttype_vec_new_uninitialized,
       wasm_exporttype_vec_delete, [&](const Export& row) {
         return new wasm_exporttype_t{Name(row.name),
                                      type_of_export(loaded->code->validated(), row)};
       });
}

void wasm_module_serialize(const wasm_module_t* module, wasm_byte_vec_t* out) {
  if (!out) return;
  wasm_byte_vec_new_empty(out);
  const embed::LoadedModule* const loaded = loaded_of(module);
  if (!loaded) return;
  const Bytes bytes = loaded->parsed.source->bytes();
  wasm_byte_vec_new_uninitialized(out, kSerialHeader.size() + bytes.size());
  if (!out->data) return;
  std::ranges::copy(bytes, std::ranges::copy(kSerialHeader, out->data).out);
}

wasm_module_t* wasm_module_deserialize(wasm_store_t* store, const wasm_byte_vec_t* bytes) {
  std::string_view text = text_of(bytes);
  if (!store || !text.starts_with(kSerialHeader)) return nullptr;
  text.remove_prefix(kSerialHeader.size());
  return made([&] { return new_module(store->state, load(*store->state, text)); });
}

wasm_shared_module_t* wasm_module_share(const wasm_module_t* module) {
  if (!loaded_of(module)) return nullptr;
  const auto& object = static_cast<const ModuleObject&>(*module->thing.object);
  return made([&] { return new wasm_shared_module_t{object.loaded}; });
}

void wasm_shared_module_delete(wasm_shared_module_t* module) { delete module; }

wasm_module_t* wasm_module_obtain(wasm_store_t* store, const wasm_shared_module_t* module) {
  if (!store || !module) return nullptr;
  if (&module->loaded->code->engine() != store->state->engine().runtime().get()) return nullptr;
  return made([&] { return new_module(store->state, module->loaded); });
}
