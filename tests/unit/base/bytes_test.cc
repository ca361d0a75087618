// ByteReader and the LEB128 encoders.
#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace skerry {
namespace {

using Buffer = std::vector<uint8_t>;

template <class T, class Read>
void expect_round_trip(T value, Read read) {
  Buffer out;
  if constexpr (std::is_signed_v<T>)
    append_s64_leb(out, value);
  else
    append_u64_leb(out, value);
  ByteReader in(out);
  const auto result = read(in);
  ASSERT_TRUE(result) << value;
  EXPECT_EQ(static_cast<T>(*result), value);
  EXPECT_TRUE(in.at_end()) << value;
}

TEST(Leb128, RoundTripsValuesAroundEveryPowerOfTwo) {
  for (unsigned shift = 0; shift < 64; ++shift) {
    for (int delta = -1; delta <= 1; ++delta) {
      const uint64_t value = (uint64_t{1} << shift) + static_cast<uint64_t>(delta);
      expect_round_trip<uint64_t>(value, [](ByteReader& in) { return in.u64(); });
      expect_round_trip<int64_t>(static_cast<int64_t>(value),
                                 [](ByteReader& in) { return in.s64(); });
      if (value <= UINT32_MAX) {
        expect_round_trip<uint32_t>(static_cast<uint32_t>(value),
                                    [](ByteReader& in) { return in.u32(); });
        expect_round_trip<int32_t>(static_cast<int32_t>(static_cast<uint32_t>(value)),
                                   [](ByteReader& in) { return in.s32(); });
        expect_round_trip<int64_t>(static_cast<int64_t>(value),
                                   [](ByteReader& in) { return in.s33(); });
      }
    }
  }
  expect_round_trip<int64_t>(std::numeric_limits<int64_t>::min(),
                             [](ByteReader& in) { return in.s64(); });
  expect_round_trip<int32_t>(std::numeric_limits<int32_t>::min(),
                             [](ByteReader& in) { return in.s32(); });
}

TEST(Leb128, AcceptsLongFormsWithinTheLimit) {
  const Buffer zero = {0x80, 0x80, 0x80, 0x80, 0x00};
  EXPECT_EQ(ByteReader(zero).u32(), 0u);
  EXPECT_EQ(ByteReader(zero).s32(), 0);
  const Buffer minus_one = {0xff, 0xff, 0xff, 0xff, 0x7f};
  EXPECT_EQ(ByteReader(minus_one).s32(), -1);
  EXPECT_EQ(ByteReader(minus_one).s33(), -1);
}

TEST(Leb128, RejectsTooManyBytes) {
  const Buffer long_zero = {0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
  EXPECT_EQ(ByteReader(long_zero).u32().error().code, ErrorCode::IntegerTooLong);
  EXPECT_EQ(ByteReader(long_zero).s32().error().code, ErrorCode::IntegerTooLong);
  EXPECT_EQ(ByteReader(long_zero).u64(), 0u);
}

TEST(Leb128, RejectsBitsBeyondTheType) {
  EXPECT_EQ(ByteReader(Buffer{0xff, 0xff, 0xff, 0xff, 0x1f}).u32().error().code,
            ErrorCode::IntegerTooLarge);
  EXPECT_EQ(ByteReader(Buffer{0xff, 0xff, 0xff, 0xff, 0x0f}).u32(), UINT32_MAX);
  // The unused bits of a signed number repeat the sign.
  EXPECT_EQ(ByteReader(Buffer{0xff, 0xff, 0xff, 0xff, 0x0f}).s32().error().code,
            ErrorCode::IntegerTooLarge);
  EXPECT_EQ(ByteReader(Buffer{0x80, 0x80, 0x80, 0x80, 0x78}).s32(),
            std::numeric_limits<int32_t>::min());
}

TEST(ByteReader, ReportsPositionsFromTheOrigin) {
  const Buffer bytes = {0x01, 0x80};
  ByteReader in(bytes, 100);
  EXPECT_EQ(in.u32(), 1u);
  EXPECT_EQ(in.offset(), 101u);
  const auto cut = in.u32();
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error(), (Error{ErrorCode::UnexpectedEnd, 102}));
}

TEST(ByteReader, NeverHandsOutMoreThanThereIs) {
  const Buffer bytes = {1, 2, 3};
  ByteReader in(bytes);
  EXPECT_EQ(in.bytes(4).error().code, ErrorCode::LengthOutOfBounds);
  EXPECT_EQ(in.bytes(3)->size(), 3u);
  EXPECT_EQ(in.u8().error().code, ErrorCode::UnexpectedEnd);
  EXPECT_EQ(in.fixed_u32().error().code, ErrorCode::UnexpectedEnd);
  EXPECT_EQ(in.bytes(0)->size(), 0u);
}

bool utf8(std::string_view text) {
  return is_utf8(Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

TEST(Utf8, AcceptsEveryLength) {
  EXPECT_TRUE(utf8(""));
  EXPECT_TRUE(utf8("plain"));
  EXPECT_TRUE(
      utf8("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
}

TEST(Utf8, RejectsOverlongFormsSurrogatesAndCuts) {
  for (const std::string_view bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc2", "\xe1\x80", "\xff"})
    EXPECT_FALSE(utf8(bad));
}

}  // namespace
}  // namespace skerry
