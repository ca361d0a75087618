// Module -> bytes: every section, custom ones in their places.
// Invariant: decode_module(encode_module(m)) is m again, whether m came from bytes or from text; a
// module that had a section without entries loses that section.
#pragma once

#include <cstdint>
#include <vector>

#include "wasm/module.h"

namespace skerry {

std::vector<uint8_t> encode_module(const Module& module);

}  // namespace skerry
