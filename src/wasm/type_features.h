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
  table[HeapType::Func - HeapType::Exn] = Feature::ReferenceTypes;
  table[HeapType::Extern - HeapType::Exn] = Feature::ReferenceTypes;
  table[HeapType::Exn - HeapType::Exn] = Feature::Exceptions;
  table[HeapType::NoExn - HeapType::Exn] = Feature::Exceptions;
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
