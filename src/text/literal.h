// Values of literal tokens: integers, floats (correctly rounded, decimal and hexadecimal), strings.
// The text is a token that the lexer has classified; what remains to fail is the range.
// Source: WebAssembly 3.0, text format, "Values".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace skerry::text {

inline Bytes as_bytes(std::string_view text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

// A Nat token; absent above `max`.
std::optional<uint64_t> parse_nat(std::string_view token, uint64_t max);

// A Nat or Int token as two's complement of `bits` (8 to 64) bits, upper bits zero. Without sign up
// to 2^bits - 1, with sign from -2^(bits-1) to 2^(bits-1) - 1.
std::optional<uint64_t> parse_int(std::string_view token, unsigned bits);

// A Nat, Int or Float token as the bits of a float; absent where it rounds to infinity, or where a
// NaN's payload is zero or too large.
std::optional<uint32_t> parse_f32(std::string_view token);
std::optional<uint64_t> parse_f64(std::string_view token);

// Hexadecimal digits (and underscores); 2^32 - 1 if the value is larger.
uint32_t parse_hex_saturated(std::string_view digits);

// A String token, quotes included, as the bytes it stands for.
std::string unescape(std::string_view token);

// The literals that parse back to these bits: shortest decimals, `inf`, `nan:0x...`.
std::string f32_text(uint32_t bits);
std::string f64_text(uint64_t bits);

}  // namespace skerry::text
