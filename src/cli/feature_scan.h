// Which features of WebAssembly a module uses, and where it first does.
// Not here: whether it uses them well (validation).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "wasm/module.h"

namespace skerry::cli {

struct FeatureUse {
  Feature feature = Feature::Mvp;
  // Offset in the module of the first instruction that needs it; kNoPosition if a declaration does.
  uint64_t position = kNoPosition;
  friend bool operator==(const FeatureUse&, const FeatureUse&) = default;
};

// In the order of features.def, without Mvp. Bodies that cannot be decoded are read up to the
// error.
std::vector<FeatureUse> features_used(const Module& module);

}  // namespace skerry::cli
