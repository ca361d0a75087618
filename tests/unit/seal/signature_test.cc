// Ed25519 against a test vector of RFC 8032, and keys as text.
#include "seal/signature.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skerry {
namespace {

// RFC 8032, 7.1, TEST 2.
constexpr std::string_view kSecret =
    "skerry-ed25519-secret 4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr std::string_view kPublic =
    "skerry-ed25519-public 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\n";
constexpr uint8_t kMessage[] = {0x72};
constexpr uint8_t kSignatureStart[] = {0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8};

TEST(Signature, IsEd25519) {
  const auto key = parse_signing_key(kSecret);
  ASSERT_TRUE(key);
  EXPECT_EQ(to_text(key->public_key()), kPublic);
  const Signature signature = key->sign(kMessage);
  EXPECT_TRUE(
      std::equal(std::begin(kSignatureStart), std::end(kSignatureStart), signature.begin()));
  EXPECT_TRUE(verify(key->public_key(), kMessage, signature));
}

TEST(Signature, IsRefusedForAnythingElse) {
  const auto key = parse_signing_key(kSecret);
  ASSERT_TRUE(key);
  const Signature signature = key->sign(kMessage);
  for (size_t i = 0; i < signature.size(); ++i) {
    Signature changed = signature;
    changed[i] ^= 1;
    EXPECT_FALSE(verify(key->public_key(), kMessage, changed)) << i;
  }
  const uint8_t other[] = {0x73};
  EXPECT_FALSE(verify(key->public_key(), other, signature));
  SigningKey other_key = *key;
  other_key.seed[0] ^= 1;
  EXPECT_FALSE(verify(other_key.public_key(), kMessage, signature));
  EXPECT_FALSE(verify(PublicKey{}, kMessage, Signature{}));
}

TEST(Signature, KeysGoThroughText) {
  const auto key = parse_signing_key("  " + std::string(kSecret) + " \r\n");
  ASSERT_TRUE(key);
  EXPECT_EQ(to_text(*key), std::string(kSecret) + "\n");
  EXPECT_TRUE(parse_public_key(kPublic));
}

TEST(Signature, OtherTextIsNoKey) {
  for (std::string text : {std::string(), std::string(kPublic), std::string(kSecret) + "0",
                           std::string(kSecret.substr(0, kSecret.size() - 1)),
                           std::string(kSecret.substr(0, kSecret.size() - 1)) + "G",
                           std::string(kSecret) + "\n" + std::string(kSecret)})
    EXPECT_FALSE(parse_signing_key(text)) << text;
  EXPECT_FALSE(parse_public_key(kSecret));
}

}  // namespace
}  // namespace skerry
