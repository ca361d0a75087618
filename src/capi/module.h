// What a module handle refers to, for those who instantiate it.
#pragma once

#include "capi/references.h"

namespace skerry::capi {

// Null: the handle is null.
const embed::LoadedModule* loaded_of(const wasm_module_t* module);

}  // namespace skerry::capi
