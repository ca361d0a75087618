// BLAKE3's C interface.
#include "seal/digest.h"

#include <blake3.h>

namespace skerry {
namespace {

Digest finish(const blake3_hasher& hasher) {
  Digest result;
  blake3_hasher_finalize(&hasher, result.data(), result.size());
  return result;
}

}  // namespace

Digest digest(std::initializer_list<Bytes> parts) {
  blake3_hasher hasher;
  blake3_hasher_init(&hasher);
  for (Bytes part : parts) blake3_hasher_update(&hasher, part.data(), part.size());
  return finish(hasher);
}

Digest keyed_digest(const MacKey& key, std::initializer_list<Bytes> parts) {
  blake3_hasher hasher;
  blake3_hasher_init_keyed(&hasher, key.data());
  for (Bytes part : parts) blake3_hasher_update(&hasher, part.data(), part.size());
  return finish(hasher);
}

Digest key_name(const MacKey& key) {
  blake3_hasher hasher;
  blake3_hasher_init_derive_key(&hasher, "skerry 2026 name of a user's key");
  blake3_hasher_update(&hasher, key.data(), key.size());
  return finish(hasher);
}

bool are_equal(const Digest& a, const Digest& b) {
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == 0;
}

}  // namespace skerry
