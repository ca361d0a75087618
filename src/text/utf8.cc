// Decoding and encoding of single UTF-8 characters.
#include "text/utf8.h"

#include <cassert>

namespace skerry::text {

DecodedChar decode_utf8(std::string_view text, size_t offset) {
  assert(offset < text.size());
  const auto byte_at = [&](size_t i) { return static_cast<uint8_t>(text[offset + i]); };
  const uint8_t lead = byte_at(0);
  if (lead < 0x80) return {lead, 1, true};
  const uint32_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - offset < length) return {};
  char32_t code_point = lead & (0x7f >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if ((byte_at(i) & 0xc0) != 0x80) return {};
    code_point = code_point << 6 | (byte_at(i) & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0x80, 0x800, 0x10000};  // by length; lower ones are overlong
  if (code_point < kSmallest[length - 2] || !is_scalar_value(code_point)) return {};
  return {code_point, length, true};
}

void append_utf8(std::string& out, char32_t code_point) {
  assert(is_scalar_value(code_point));
  const auto follow = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3f)));
  };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code_point >> 6));
    follow(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code_point >> 12));
    follow(6), follow(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | code_point >> 18));
    follow(12), follow(6), follow(0);
  }
}

}  // namespace skerry::text
