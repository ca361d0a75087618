// Bytes -> Module: sections, in order, with everything the specification calls malformed reported.
// Function bodies are found, not read: they stay spans of the input until validate() reads them.
// Not here: whatever needs context (validation), and the meaning of custom sections
// (name_section.h).
#pragma once

#include <memory>

#include "base/bytes.h"
#include "wasm/module.h"

namespace skerry {

// The Module refers to `bytes`; `owner` keeps them alive (null: the caller does).
Result<std::shared_ptr<const Module>> decode_module(Bytes bytes, std::shared_ptr<const void> owner,
                                                    Features features);

}  // namespace skerry
