// Finds what is malformed in function bodies, without validating anything.
// The specification decodes a whole module before it validates any of it; we read bodies while we
// validate them. So when a module turns out invalid, this looks whether it is malformed elsewhere,
// which then is the error to report. Costs nothing for valid modules.
#pragma once

#include <optional>

#include "base/result.h"
#include "wasm/module.h"

namespace skerry {

// The first malformed thing in the module's bodies, in their order.
std::optional<Error> find_malformed_body(const Module& module, Features features);

}  // namespace skerry
