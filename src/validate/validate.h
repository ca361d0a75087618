// validate(): Module -> ValidatedModule, by every rule of WebAssembly 3.0 and the threads proposal
// that the given features include. With validate_known() the only maker of ValidatedModule.
// Function bodies are decoded here for the first time, so a body that is not even well formed is
// reported here too, as Phase::Malformed.
// Errors: the module's own definitions first, then bodies; of several wrong bodies the first one is
// reported, whatever `jobs` is.
#pragma once

#include <memory>

#include "base/result.h"
#include "wasm/module.h"
#include "wasm/type_registry.h"

namespace skerry {

// `jobs`: threads to validate bodies on, 0 for one a CPU. Small modules use fewer.
Result<ValidatedModule> validate(std::shared_ptr<const Module> module, Features features,
                                 std::shared_ptr<TypeRegistry> registry, unsigned jobs = 0);

// The same for a module that is known, by a digest that cannot be forged, to be one that validate()
// accepted with the same features: its bodies are not looked at again, all else is.
Result<ValidatedModule> validate_known(std::shared_ptr<const Module> module, Features features,
                                       std::shared_ptr<TypeRegistry> registry);

}  // namespace skerry
