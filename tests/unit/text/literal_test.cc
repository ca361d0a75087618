// Literals: ranges of integers, correct rounding of floats, escapes; and floats back to text.
#include "text/literal.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace skerry::text {
namespace {

TEST(ParseInt, TakesTheUnionOfSignedAndUnsignedRanges) {
  EXPECT_EQ(parse_int("0", 32), 0u);
  EXPECT_EQ(parse_int("4294967295", 32), 0xffffffffu);
  EXPECT_EQ(parse_int("4294967296", 32), std::nullopt);
  EXPECT_EQ(parse_int("-1", 32), 0xffffffffu);
  EXPECT_EQ(parse_int("-2147483648", 32), 0x80000000u);
  EXPECT_EQ(parse_int("-2147483649", 32), std::nullopt);
  EXPECT_EQ(parse_int("+2147483647", 32), 0x7fffffffu);
  EXPECT_EQ(parse_int("+2147483648", 32), std::nullopt);
  EXPECT_EQ(parse_int("0xFF", 8), 0xffu);
  EXPECT_EQ(parse_int("0x1_00", 8), std::nullopt);
  EXPECT_EQ(parse_int("-0x8000_0000_0000_0000", 64), uint64_t{1} << 63);
  EXPECT_EQ(parse_int("18446744073709551615", 64), ~uint64_t{0});
  EXPECT_EQ(parse_int("18446744073709551616", 64), std::nullopt);
}

TEST(ParseFloat, Decimals) {
  EXPECT_EQ(parse_f32("1.5"), std::bit_cast<uint32_t>(1.5f));
  EXPECT_EQ(parse_f32("1."), std::bit_cast<uint32_t>(1.0f));
  EXPECT_EQ(parse_f32("1.e2"), std::bit_cast<uint32_t>(100.0f));
  EXPECT_EQ(parse_f32("-0"), 0x80000000u);
  EXPECT_EQ(parse_f64("1_000.000_1e-1_0"), std::bit_cast<uint64_t>(1000.0001e-10));
  EXPECT_EQ(parse_f64("+inf"), 0x7ff0000000000000u);
  EXPECT_EQ(parse_f64("-nan"), 0xfff8000000000000u);
}

TEST(ParseFloat, OverflowIsRefusedAndUnderflowIsZero) {
  // The largest f32 is 0x1.fffffep127; half a unit more rounds to infinity.
  EXPECT_EQ(parse_f32("340282346638528859811704183484516925440"), 0x7f7fffffu);
  EXPECT_EQ(parse_f32("340282356779733661637539395458142568447"), 0x7f7fffffu);
  EXPECT_EQ(parse_f32("340282356779733661637539395458142568448"), std::nullopt);
  EXPECT_EQ(parse_f32("1e39"), std::nullopt);
  EXPECT_EQ(parse_f32("0.0000001e100"), std::nullopt);
  EXPECT_EQ(parse_f32("1e-400"), 0u);
  EXPECT_EQ(parse_f32("-1e-400"), 0x80000000u);
  EXPECT_EQ(parse_f32("0e999999999999999999999"), 0u);
  EXPECT_EQ(parse_f64("1e-99999999999999999999"), 0u);
  EXPECT_EQ(parse_f64("1e99999999999999999999"), std::nullopt);
  EXPECT_EQ(parse_f64("4.9406564584124654e-324"), 1u);
}

TEST(ParseFloat, HexadecimalsRoundToNearestEven) {
  EXPECT_EQ(parse_f32("0x1.8p1"), std::bit_cast<uint32_t>(3.0f));
  EXPECT_EQ(parse_f32("0x1.000001p0"), 0x3f800000u);             // a tie, to even
  EXPECT_EQ(parse_f32("0x1.00000100000000001p0"), 0x3f800001u);  // just above it
  EXPECT_EQ(parse_f32("0x1.000003p0"), 0x3f800002u);             // a tie, to even upwards
  EXPECT_EQ(parse_f32("0x1.fffffefp127"), 0x7f7fffffu);
  EXPECT_EQ(parse_f32("0x1.ffffffp127"), std::nullopt);
  EXPECT_EQ(parse_f32("0x1p128"), std::nullopt);
  EXPECT_EQ(parse_f32("0x1p-149"), 1u);
  EXPECT_EQ(parse_f32("0x1p-150"), 0u);  // half of the smallest, to even
  EXPECT_EQ(parse_f32("0x1.000001p-150"), 1u);
  EXPECT_EQ(parse_f32("0x0.ffffffp-126"), 0x00800000u);  // a subnormal that rounds to normal
  EXPECT_EQ(parse_f64("0x1p-1074"), 1u);
  EXPECT_EQ(parse_f64("0x1p999999999999999999999999"), std::nullopt);
  EXPECT_EQ(parse_f64("0x1p-999999999999999999999999"), 0u);
  EXPECT_EQ(parse_f64("-0x1_0.8"), std::bit_cast<uint64_t>(-16.5));
}

TEST(ParseFloat, NanPayloads) {
  EXPECT_EQ(parse_f32("nan:0x1"), 0x7f800001u);
  EXPECT_EQ(parse_f32("-nan:0x7f_ffff"), 0xffffffffu);
  EXPECT_EQ(parse_f32("nan:0x80_0000"), std::nullopt);
  EXPECT_EQ(parse_f32("nan:0x0"), std::nullopt);
  EXPECT_EQ(parse_f64("nan:0xf_ffff_ffff_ffff"), 0x7fffffffffffffffu);
}

TEST(FloatText, EveryBitPatternParsesBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random();
    EXPECT_EQ(parse_f64(f64_text(bits)), bits) << f64_text(bits);
    const auto narrow = static_cast<uint32_t>(bits);
    EXPECT_EQ(parse_f32(f32_text(narrow)), narrow) << f32_text(narrow);
  }
  EXPECT_EQ(f32_text(0x7fc00000), "nan");
  EXPECT_EQ(f32_text(0xff800000), "-inf");
  EXPECT_EQ(f64_text(std::bit_cast<uint64_t>(0.1)), "0.1");
}

TEST(HexFloat, AgreesWithTheSystemsOnRandomValues) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20000; ++i) {
    char text[64];
    // 60 bits of mantissa, more than either format keeps, around the subnormal border too.
    const int exponent = static_cast<int>(random() % 400) - 220;
    std::snprintf(text, sizeof text, "0x1.%015llxp%d",
                  static_cast<unsigned long long>(random() >> 4), exponent);
    const float expected = std::strtof(text, nullptr);
    if (std::isinf(expected))
      EXPECT_EQ(parse_f32(text), std::nullopt) << text;
    else
      EXPECT_EQ(parse_f32(text), std::bit_cast<uint32_t>(expected)) << text;
    EXPECT_EQ(parse_f64(text), std::bit_cast<uint64_t>(std::strtod(text, nullptr))) << text;
  }
}

TEST(Unescape, AllEscapes) {
  EXPECT_EQ(unescape(R"("a\t\n\r\"\'\\\00\fFz")"), std::string("a\t\n\r\"'\\\0\xffz", 10));
  EXPECT_EQ(unescape(R"("\u{e9}\u{1F600}\u{4_1}")"),
            "\xc3\xa9\xf0\x9f\x98\x80"
            "A");
}

}  // namespace
}  // namespace skerry::text
