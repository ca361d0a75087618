// libsodium's Ed25519, and hexadecimal.
#include "seal/signature.h"

#include <sodium/crypto_sign_ed25519.h>

#include <algorithm>
#include <cstdlib>

// What the files of libsodium that are built in want of those that are not. Both are reached only
// by misuse: keys are made from seeds.
extern "C" {
[[noreturn]] void sodium_misuse(void) { std::abort(); }
[[noreturn]] void randombytes_buf(void*, size_t) { std::abort(); }
}

namespace skerry {
namespace {

static_assert(std::tuple_size_v<PublicKey> == crypto_sign_ed25519_PUBLICKEYBYTES);
static_assert(std::tuple_size_v<Signature> == crypto_sign_ed25519_BYTES);

constexpr std::string_view kPublicPrefix = "skerry-ed25519-public ";
constexpr std::string_view kSecretPrefix = "skerry-ed25519-secret ";
constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::string_view kSpace = " \t\r\n";

using Bytes32 = std::array<uint8_t, 32>;

struct KeyPair {
  PublicKey public_key{};
  std::array<uint8_t, crypto_sign_ed25519_SECRETKEYBYTES> secret{};
};
KeyPair expand(const SigningKey& key) {
  KeyPair pair;
  crypto_sign_ed25519_seed_keypair(pair.public_key.data(), pair.secret.data(), key.seed.data());
  return pair;
}

std::string line(std::string_view prefix, const Bytes32& bytes) {
  std::string text(prefix);
  for (uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text + '\n';
}

std::optional<Bytes32> parse(std::string_view prefix, std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  Bytes32 bytes{};
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  if (text.size() != 2 * bytes.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bytes[i / 2] = static_cast<uint8_t>(bytes[i / 2] << 4 | digit);
  }
  return bytes;
}

}  // namespace

PublicKey SigningKey::public_key() const { return expand(*this).public_key; }

Signature SigningKey::sign(Bytes message) const {
  Signature signature{};
  crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(),
                               expand(*this).secret.data());
  return signature;
}

bool verify(const PublicKey& key, Bytes message, const Signature& signature) {
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                             key.data()) == 0;
}

std::string to_text(const PublicKey& key) { return line(kPublicPrefix, key); }
std::string to_text(const SigningKey& key) { return line(kSecretPrefix, key.seed); }

std::optional<PublicKey> parse_public_key(std::string_view text) {
  return parse(kPublicPrefix, text);
}

std::optional<SigningKey> parse_signing_key(std::string_view text) {
  const auto seed = parse(kSecretPrefix, text);
  if (!seed) return std::nullopt;
  return SigningKey{*seed};
}

}  // namespace skerry
