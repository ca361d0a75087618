// BLAKE3 against its published test vectors, and what keyed digests are for.
#include "seal/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skerry {
namespace {

std::string hex(const Digest& digest) {
  std::string text;
  for (uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// The input of BLAKE3's test vectors: 0, 1, ..., 250, 0, 1, ...
std::vector<uint8_t> vector_input(size_t size) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i % 251);
  return bytes;
}

TEST(Digest, IsBlake3) {
  EXPECT_EQ(hex(digest({})), "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
  EXPECT_EQ(hex(digest({vector_input(1)})),
            "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213");
  EXPECT_EQ(hex(digest({vector_input(1024)})),
            "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7");
}

TEST(Digest, PartsAreOneBehindTheOther) {
  const std::vector<uint8_t> whole = vector_input(100'000);
  for (size_t cut : {0u, 1u, 1024u, 65'537u, 100'000u}) {
    const Bytes bytes = whole;
    EXPECT_EQ(digest({bytes.first(cut), bytes.subspan(cut)}), digest({whole}));
  }
}

TEST(Digest, KeyedOnesDependOnKeyAndBytes) {
  const std::vector<uint8_t> bytes = vector_input(5000);
  MacKey key{};
  const Digest mac = keyed_digest(key, {bytes});
  EXPECT_NE(mac, digest({bytes}));
  std::vector<uint8_t> changed = bytes;
  changed[4999] ^= 1;
  EXPECT_NE(mac, keyed_digest(key, {changed}));
  key[31] ^= 1;
  EXPECT_NE(mac, keyed_digest(key, {bytes}));
}

TEST(Digest, KeysHaveNamesThatAreNotTheKey) {
  MacKey key{}, other{};
  other[0] = 1;
  EXPECT_EQ(key_name(key), key_name(key));
  EXPECT_NE(key_name(key), key_name(other));
  EXPECT_NE(key_name(key), key);
}

TEST(Digest, ComparisonSeesEveryByte) {
  Digest a{};
  for (size_t i = 0; i < a.size(); ++i) {
    Digest b{};
    EXPECT_TRUE(are_equal(a, b));
    b[i] = 0x80;
    EXPECT_FALSE(are_equal(a, b));
  }
}

}  // namespace
}  // namespace skerry
