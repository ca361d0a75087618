// Times, sizes and counts of options.
#include "cli/quantities.h"

#include <gtest/gtest.h>

namespace skerry::cli {
namespace {

TEST(Quantities, Times) {
  EXPECT_EQ(parse_time_ms("1500").value(), 1500u);
  EXPECT_EQ(parse_time_ms("1500ms").value(), 1500u);
  EXPECT_EQ(parse_time_ms("10s").value(), 10'000u);
  EXPECT_EQ(parse_time_ms("1.5s").value(), 1'500u);
  EXPECT_EQ(parse_time_ms("0.001s").value(), 1u);
  EXPECT_EQ(parse_time_ms("2m").value(), 120'000u);
  EXPECT_EQ(parse_time_ms("1h").value(), 3'600'000u);
  for (const char* text : {"", "s", "-1", "1.5", "1.s", ".5s", "10x", "10 s", "0", "1e3",
                           "99999999999999999999", "9999999999999999999h"})
    EXPECT_FALSE(parse_time_ms(text)) << text;
}

TEST(Quantities, Sizes) {
  EXPECT_EQ(parse_size_bytes("65536").value(), 65536u);
  EXPECT_EQ(parse_size_bytes("0").value(), 0u);
  EXPECT_EQ(parse_size_bytes("64K").value(), 65536u);
  EXPECT_EQ(parse_size_bytes("64KiB").value(), 65536u);
  EXPECT_EQ(parse_size_bytes("64kB").value(), 64000u);
  EXPECT_EQ(parse_size_bytes("1.5M").value(), 1572864u);
  EXPECT_EQ(parse_size_bytes("1G").value(), uint64_t{1} << 30);
  EXPECT_EQ(parse_size_bytes("4GiB").value(), uint64_t{1} << 32);
  EXPECT_EQ(parse_size_bytes("1TB").value(), 1'000'000'000'000u);
  EXPECT_EQ(parse_size_bytes("18446744073709551615").value(), UINT64_MAX);
  for (const char* text : {"", "M", "1X", "-5", "1.5", "0x10", "18446744073709551616", "20000000T"})
    EXPECT_FALSE(parse_size_bytes(text)) << text;
}

TEST(Quantities, Counts) {
  EXPECT_EQ(parse_count("0").value(), 0u);
  EXPECT_EQ(parse_count("1_000_000").value(), 1'000'000u);
  for (const char* text : {"", "_1", "1k", "1.0", "ten"}) EXPECT_FALSE(parse_count(text)) << text;
}

}  // namespace
}  // namespace skerry::cli
