// Values as people write them.
#include "embed/value_text.h"

#include <gtest/gtest.h>

namespace skerry::embed {
namespace {

using runtime::Value;

constexpr ValType kTypes[] = {ValType::I32, ValType::I64, ValType::F32, ValType::F64};

std::optional<uint64_t> bits(std::string_view text, ValType type) {
  const auto value = parse_value(text, type);
  if (!value) return std::nullopt;
  EXPECT_EQ(value->type, type);
  return value->low;
}

TEST(ValueText, Integers) {
  EXPECT_EQ(bits("42", ValType::I32), 42u);
  EXPECT_EQ(bits("-1", ValType::I32), 0xffff'ffffu);
  EXPECT_EQ(bits("+7", ValType::I32), 7u);
  EXPECT_EQ(bits("0xff", ValType::I32), 255u);
  EXPECT_EQ(bits("1_000", ValType::I32), 1000u);
  EXPECT_EQ(bits("4294967295", ValType::I32), 0xffff'ffffu);
  EXPECT_EQ(bits("4294967296", ValType::I32), std::nullopt);
  EXPECT_EQ(bits("-2147483649", ValType::I32), std::nullopt);
  EXPECT_EQ(bits("-0x8000000000000000", ValType::I64), 0x8000'0000'0000'0000u);
  EXPECT_EQ(bits("18446744073709551616", ValType::I64), std::nullopt);
  EXPECT_EQ(bits("1.0", ValType::I32), std::nullopt);
}

TEST(ValueText, Floats) {
  EXPECT_EQ(bits("1.5", ValType::F32), 0x3fc0'0000u);
  EXPECT_EQ(bits("3", ValType::F64), 0x4008'0000'0000'0000u);
  EXPECT_EQ(bits("-0", ValType::F64), 0x8000'0000'0000'0000u);
  EXPECT_EQ(bits("0x1p-1", ValType::F32), 0x3f00'0000u);
  EXPECT_EQ(bits("-inf", ValType::F32), 0xff80'0000u);
  EXPECT_EQ(bits("nan", ValType::F32), 0x7fc0'0000u);
  EXPECT_EQ(bits("nan:0x1", ValType::F32), 0x7f80'0001u);
}

TEST(ValueText, Vectors) {
  const auto value = parse_value("0x0123456789abcdefFEDCBA9876543210", ValType::V128);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->high, 0x0123'4567'89ab'cdefu);
  EXPECT_EQ(value->low, 0xfedc'ba98'7654'3210u);
  EXPECT_EQ(bits("0x1", ValType::V128), 1u);
  EXPECT_EQ(bits("0x", ValType::V128), std::nullopt);
  EXPECT_EQ(bits("12", ValType::V128), std::nullopt);
  EXPECT_EQ(bits("0x1g", ValType::V128), std::nullopt);
  EXPECT_EQ(bits("0x123456789abcdef0123456789abcdef01", ValType::V128), std::nullopt);
}

TEST(ValueText, ReferencesCanBeNullOnly) {
  EXPECT_EQ(bits("null", ValType::externref()), 0u);
  EXPECT_EQ(bits("null", ValType::ref(HeapType::Func, false)), std::nullopt);
  EXPECT_EQ(bits("0", ValType::funcref()), std::nullopt);
}

TEST(ValueText, OneLiteralAndNothingElse) {
  for (ValType type : kTypes)
    for (std::string_view text : {"", " 1", "1 ", "1 2", "1;;", "one", "(1)", "0x", "--1", "\"1\""})
      EXPECT_FALSE(parse_value(text, type)) << text;
}

TEST(ValueText, PrintsWhatItReads) {
  EXPECT_EQ(to_text(Value::i32(-1)), "-1");
  EXPECT_EQ(to_text(Value::i64(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(to_text(Value::f64(0.1)), "0.1");
  EXPECT_EQ(to_text(Value::v128(0x10, 1)), "0x00000000000000010000000000000010");
  EXPECT_EQ(to_text(Value::null(HeapType::Extern)), "null");
  EXPECT_EQ(to_text(Value::externref(5)), "externref");
  const uint64_t patterns[] = {0,
                               1,
                               0x7fc0'0000,
                               0x7f80'0001,
                               0xff80'0000,
                               0x3fb9'9999'9999'999a,
                               0x7ff0'0000'0000'0000,
                               0xfff8'0000'0000'0000,
                               0x7ff0'0000'0000'0001,
                               UINT64_MAX};
  for (ValType type : kTypes) {
    const bool narrow = type == ValType(ValType::I32) || type == ValType(ValType::F32);
    for (uint64_t pattern : patterns) {
      const uint64_t low = narrow ? pattern & 0xffff'ffff : pattern;
      EXPECT_EQ(bits(to_text({type, low, 0}), type), low) << to_text({type, low, 0});
    }
  }
}

}  // namespace
}  // namespace skerry::embed
