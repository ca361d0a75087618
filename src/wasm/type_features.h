// Which feature brings each value and heap type. Not here: how types are written down.
#pragma once

#include <array>

#include "wasm/features.h"
#include "wasm/types.h"

namespace skerry {

namespace detail {
inline constexpr auto kAbstractHeapFeatures = [] {
  std::array<Feature, HeapType::NoExn - HeapType::Exn + 1> table{};
  for (Feature& feature : table) feature = Feature::Gc;
  const auto of = [&table](HeapType::Abstract type) -> Feature& {
    return table[type - HeapType::Exn];
  };
  of(HeapType::Func) = of(HeapType::Extern) = Feature::ReferenceTypes;
  of(HeapType::Exn) = of(HeapType::NoExn) = Feature::Exceptions;
  return table;
}();
}  // namespace detail

constexpr Feature feature_of(HeapType type) {
  if (type.is_concrete()) return Feature::FunctionReferences;
  return detail::kAbstractHeapFeatures[type.abstract() - HeapType::Exn];
}

constexpr Feature feature_of(ValType type) {
  if (type.kind() == ValType::V128) return Feature::Simd;
  if (!type.is_ref()) return Feature::Mvp;
  const Feature feature = feature_of(type.heap());
  // Only typed function references and what builds on them write (ref ht).
  return feature == Feature::ReferenceTypes && !type.is_nullable() ? Feature::FunctionReferences
                                                                   : feature;
}

}  // namespace skerry
