// Malformed-input sweep: a module with each byte cut off, flipped and overwritten in turn goes
// through decoding and validation. Whatever comes out must be an orderly answer; under
// AddressSanitizer the sweep shows that nothing was read or written out of bounds on the way there.
#pragma once

#include <gtest/gtest.h>

#include "binary/decoder.h"
#include "binary/encoder.h"
#include "binary/name_section.h"
#include "module_bytes.h"
#include "validate/validate.h"

namespace skerry::test {

// Decodes, validates and, if that succeeds, encodes and decodes again.
inline void expect_orderly(Bytes bytes) {
  // A copy of exact size, so that a sanitizer sees one byte too many.
  const Buffer copy(bytes.begin(), bytes.end());
  const auto module = decode_module(copy, nullptr, Features());
  if (!module) {
    ASSERT_NE(error_phase(module.error().code), Phase::Internal);
    ASSERT_LE(module.error().position, copy.size());
    return;
  }
  read_name_section(**module);
  const Buffer encoded = encode_module(**module);
  const auto again = decode_module(encoded, nullptr, Features());
  ASSERT_TRUE(again) << error_text(again.error().code);
  ASSERT_EQ(encode_module(**again), encoded);

  const auto validated = validate(*module, Features(), std::make_shared<TypeRegistry>(), 1);
  const auto revalidated = validate(*again, Features(), std::make_shared<TypeRegistry>(), 1);
  ASSERT_EQ(validated.has_value(), revalidated.has_value());
  if (validated) return;
  ASSERT_EQ(validated.error().code, revalidated.error().code);
  ASSERT_NE(error_phase(validated.error().code), Phase::Internal);
}

inline void sweep(const Buffer& bytes) {
  for (size_t size = 0; size < bytes.size(); ++size) expect_orderly(Bytes(bytes).first(size));
  Buffer changed = bytes;
  for (uint8_t& byte : changed) {
    const uint8_t original = byte;
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte = static_cast<uint8_t>(original ^ 1u << bit);
      expect_orderly(changed);
    }
    for (const unsigned value : {0x00u, 0x7fu, 0x80u, 0xffu, 0x0bu, 0x40u}) {
      byte = static_cast<uint8_t>(value);
      expect_orderly(changed);
    }
    byte = original;
  }
}

}  // namespace skerry::test
