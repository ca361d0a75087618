// Digests and keyed digests (MACs) of bytes: BLAKE3. Not here: where keys come from, or what a
// digest is of. Invariant: equal digests are equal bytes; a MAC is only made by who has the key.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

#include "base/bytes.h"

namespace skerry {

using MacKey = std::array<uint8_t, 32>;

// Of the parts, one behind the other; where one ends is not told.
Digest digest(std::initializer_list<Bytes> parts);
Digest keyed_digest(const MacKey& key, std::initializer_list<Bytes> parts);
// A digest that says which key this is, and nothing else about it.
Digest key_name(const MacKey& key);
// In a time that does not depend on where they differ.
bool are_equal(const Digest& a, const Digest& b);

}  // namespace skerry
