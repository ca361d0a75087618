// What a module handle refers to, for those who instantiate it.
#pragma once

#include "capi/references.h"

struct wasm_shared_module_t {
  std::shared_ptr<const skerry::embed::LoadedModule> loaded;
};

namespace skerry::capi {

// Null: the handle is null.
const embed::LoadedModule* loaded_of(const wasm_module_t* module);

}  // namespace skerry::capi
