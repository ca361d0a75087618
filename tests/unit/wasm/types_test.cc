// Types as words, and as text.
#include "wasm/types.h"

#include <gtest/gtest.h>

namespace skerry {
namespace {

TEST(ValType, KeepsWhatItIsMadeOf) {
  const ValType type = ValType::ref(HeapType::concrete(HeapType::kMaxTypeIndex), true);
  EXPECT_TRUE(type.is_ref());
  EXPECT_TRUE(type.is_nullable());
  EXPECT_EQ(type.heap().type_index(), HeapType::kMaxTypeIndex);
  EXPECT_NE(type, ValType::ref(HeapType::concrete(HeapType::kMaxTypeIndex), false));
  EXPECT_EQ(ValType::funcref().heap(), HeapType::Func);
}

TEST(ValType, OnlyNonNullableReferencesHaveNoDefault) {
  EXPECT_TRUE(ValType(ValType::F64).is_defaultable());
  EXPECT_TRUE(ValType::externref().is_defaultable());
  EXPECT_FALSE(ValType::ref(HeapType::Any, false).is_defaultable());
}

TEST(ValType, PackedTypesWiden) {
  EXPECT_EQ(ValType(ValType::I8).unpacked(), ValType::I32);
  EXPECT_EQ(ValType(ValType::I64).unpacked(), ValType::I64);
}

TEST(ValType, IsWrittenAsInTheTextFormat) {
  EXPECT_EQ(to_string(ValType(ValType::V128)), "v128");
  EXPECT_EQ(to_string(ValType::funcref()), "funcref");
  EXPECT_EQ(to_string(ValType::ref(HeapType::None, true)), "nullref");
  EXPECT_EQ(to_string(ValType::ref(HeapType::I31, false)), "(ref i31)");
  EXPECT_EQ(to_string(ValType::ref(HeapType::concrete(3), true)), "(ref null 3)");
}

}  // namespace
}  // namespace skerry
