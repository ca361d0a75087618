// UTF-8, one character at a time: for columns in messages, for escapes in strings, and for finding
// where a text stops being UTF-8. (base/bytes.h answers whether a whole text is.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::text {

struct DecodedChar {
  char32_t code_point = 0xfffd;
  uint32_t length = 1;  // bytes; 1 for a malformed one
  bool is_valid = false;
};

// The character at `offset`, which must be inside the text.
DecodedChar decode_utf8(std::string_view text, size_t offset);

// `code_point` must be a scalar value: at most 0x10ffff and no surrogate.
void append_utf8(std::string& out, char32_t code_point);

// False for what a terminal would obey instead of showing: controls and changes of text direction.
constexpr bool is_printable(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
  return !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0x2028 &&
         c != 0x2029;
}

constexpr bool is_scalar_value(uint32_t code_point) {
  return code_point <= 0x10ffff && (code_point < 0xd800 || code_point >= 0xe000);
}

}  // namespace skerry::text
