// Ed25519 signatures (RFC 8032), and keys as text. Not here: what is signed, or whom to trust.
// Invariant: verify() accepts only what sign() made with the key whose public half it is given.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace skerry {

using PublicKey = std::array<uint8_t, 32>;
using Signature = std::array<uint8_t, 64>;

// The secret half. Any 32 random bytes are one.
struct SigningKey {
  std::array<uint8_t, 32> seed;

  PublicKey public_key() const;
  Signature sign(Bytes message) const;
};

bool verify(const PublicKey& key, Bytes message, const Signature& signature);

// One line of a key file: what kind of key it is, and the key in hexadecimal.
std::string to_text(const PublicKey& key);
std::string to_text(const SigningKey& key);
// White space around it is ignored. Nothing: it is not a key of this kind.
std::optional<PublicKey> parse_public_key(std::string_view text);
std::optional<SigningKey> parse_signing_key(std::string_view text);

}  // namespace skerry
