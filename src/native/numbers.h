// Numbers between the widths that they have over here and in a module. As a word of 64 bits a
// number is extended by its own signedness; floats are their bits.
#pragma once

#include <cstdint>
#include <cstring>

#include "native/types.h"

namespace skerry::native {

inline uint64_t extend(uint64_t word, unsigned bytes, bool is_signed) {
  const unsigned shift = 64 - 8 * bytes;
  return is_signed ? static_cast<uint64_t>(static_cast<int64_t>(word << shift) >> shift)
                   : word << shift >> shift;
}
inline uint64_t load(const void* from, unsigned bytes, bool is_signed) {
  uint64_t word = 0;
  std::memcpy(&word, from, bytes);
  return extend(word, bytes, is_signed);
}
inline void store(void* to, unsigned bytes, uint64_t word) { std::memcpy(to, &word, bytes); }

// A module's word as the library takes it.
inline uint64_t to_native(Scalar scalar, uint64_t word) {
  const ScalarInfo& row = info(scalar);
  if (scalar == Scalar::Bool) return word != 0;
  const unsigned bytes = row.native_bytes < row.guest_bytes ? row.native_bytes : row.guest_bytes;
  return extend(word, bytes, row.is_signed);
}
// The other way round: does it fit?
inline bool fits_guest(Scalar scalar, uint64_t word) {
  const ScalarInfo& row = info(scalar);
  return extend(word, row.guest_bytes, row.is_signed) == word;
}
inline uint64_t from_native(Scalar scalar, uint64_t word) {
  const ScalarInfo& row = info(scalar);
  if (scalar == Scalar::Bool) return (word & 0xff) != 0;
  return extend(word, row.native_bytes, row.is_signed);
}
// As a slot of a call holds it: an i32 is zero-extended.
inline uint64_t slot_of(Scalar scalar, uint64_t word) {
  return info(scalar).value == ValType::I64 || info(scalar).value == ValType::F64
             ? word
             : word & 0xffffffff;
}

}  // namespace skerry::native
