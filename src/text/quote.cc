// Escaping.
#include "text/quote.h"

#include <cassert>

#include "text/utf8.h"

namespace skerry::text {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_escaped(std::string& out, uint8_t byte) {
  out.push_back('\\');
  out.push_back(kHexDigits[byte >> 4]);
  out.push_back(kHexDigits[byte & 15]);
}

bool is_plain(uint8_t byte) { return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\'; }

bool is_id_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string quoted_bytes(Bytes bytes) {
  std::string out = "\"";
  for (const uint8_t byte : bytes) {
    if (is_plain(byte))
      out.push_back(static_cast<char>(byte));
    else
      append_escaped(out, byte);
  }
  return out + "\"";
}

std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (size_t at = 0; at < name.size();) {
    const DecodedChar c = decode_utf8(name, at);
    const bool is_kept =
        c.is_valid && (c.code_point < 0x80 ? is_plain(static_cast<uint8_t>(c.code_point))
                                           : is_printable(c.code_point));
    for (uint32_t i = 0; i < c.length; ++i) {
      if (is_kept)
        out.push_back(name[at + i]);
      else
        append_escaped(out, static_cast<uint8_t>(name[at + i]));
    }
    at += c.length;
  }
  return out + "\"";
}

std::string id_text(std::string_view name) {
  assert(!name.empty());
  for (const char c : name)
    if (!is_id_char(c)) return "$" + quoted_name(name);
  return "$" + std::string(name);
}

}  // namespace skerry::text
