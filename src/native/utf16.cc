// One character at a time.
#include "native/utf16.h"

#include <cstdint>

namespace skerry::native {
namespace {

constexpr char32_t kReplacement = 0xfffd;

struct Lead {
  uint8_t mask, bits;
  size_t length;
  char32_t least;  // a smaller one is written shorter
};
constexpr Lead kLeads[] = {
    {0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};

// Takes a character off the front.
std::optional<char32_t> take(std::string_view& text) {
  const auto first = static_cast<uint8_t>(text[0]);
  for (const Lead& lead : kLeads) {
    if ((first & lead.mask) != lead.bits) continue;
    if (text.size() < lead.length) return std::nullopt;
    char32_t character = first & static_cast<uint8_t>(~lead.mask);
    for (size_t i = 1; i < lead.length; ++i) {
      const auto byte = static_cast<uint8_t>(text[i]);
      if ((byte & 0xc0) != 0x80) return std::nullopt;
      character = character << 6 | (byte & 0x3f);
    }
    text.remove_prefix(lead.length);
    if (character < lead.least || character > 0x10ffff || (character >> 11) == 0x1b)
      return std::nullopt;
    return character;
  }
  return std::nullopt;
}

void append(std::string& text, char32_t character) {
  if (character < 0x80) {
    text += static_cast<char>(character);
    return;
  }
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  text += static_cast<char>((0xf0 << (3 - more)) | (character >> (6 * more)));
  for (int i = more - 1; i >= 0; --i)
    text += static_cast<char>(0x80 | ((character >> (6 * i)) & 0x3f));
}

}  // namespace

std::optional<std::u16string> to_utf16(std::string_view utf8) {
  std::u16string result;
  while (!utf8.empty()) {
    const auto character = take(utf8);
    if (!character) return std::nullopt;
    if (*character < 0x10000) {
      result += static_cast<char16_t>(*character);
    } else {
      result += static_cast<char16_t>(0xd7c0 + (*character >> 10));
      result += static_cast<char16_t>(0xdc00 + (*character & 0x3ff));
    }
  }
  return result;
}

std::string to_utf8(std::u16string_view utf16) {
  std::string result;
  for (size_t i = 0; i < utf16.size(); ++i) {
    const char16_t unit = utf16[i];
    if ((unit & 0xf800) != 0xd800) {
      append(result, unit);
    } else if (unit < 0xdc00 && i + 1 < utf16.size() && (utf16[i + 1] & 0xfc00) == 0xdc00) {
      append(result,
             0x10000 + ((static_cast<char32_t>(unit) & 0x3ff) << 10) + (utf16[++i] & 0x3ffu));
    } else {
      append(result, kReplacement);
    }
  }
  return result;
}

}  // namespace skerry::native
