// Feature sets.
#include "wasm/features.h"

#include <gtest/gtest.h>

#include "wasm/type_features.h"

namespace skerry {
namespace {

TEST(Features, AreFoundByName) {
  for (const FeatureInfo& row : all_features()) EXPECT_EQ(find_feature(row.cli_name), row.feature);
  EXPECT_EQ(find_feature("no-such-feature"), std::nullopt);
}

TEST(Features, SwitchOneByOneButMvpStays) {
  Features features = Features::only({Feature::Simd});
  EXPECT_TRUE(features.has(Feature::Simd));
  EXPECT_FALSE(features.has(Feature::Gc));
  features.set(Feature::Simd, false);
  features.set(Feature::Mvp, false);
  EXPECT_FALSE(features.has(Feature::Simd));
  EXPECT_TRUE(features.has(Feature::Mvp));
}

TEST(Features, OfTypes) {
  EXPECT_EQ(feature_of(ValType(ValType::I32)), Feature::Mvp);
  EXPECT_EQ(feature_of(ValType(ValType::V128)), Feature::Simd);
  EXPECT_EQ(feature_of(ValType::externref()), Feature::ReferenceTypes);
  EXPECT_EQ(feature_of(ValType::ref(HeapType::Func, false)), Feature::FunctionReferences);
  EXPECT_EQ(feature_of(ValType::ref(HeapType::concrete(0), true)), Feature::FunctionReferences);
  EXPECT_EQ(feature_of(ValType::ref(HeapType::Exn, true)), Feature::Exceptions);
  EXPECT_EQ(feature_of(ValType::ref(HeapType::I31, true)), Feature::Gc);
}

}  // namespace
}  // namespace skerry
