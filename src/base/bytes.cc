// UTF-8 checking; the rest of bytes.h is inline.
#include "base/bytes.h"

namespace skerry {

bool is_utf8(Bytes bytes) {
  const uint8_t* p = bytes.data();
  const uint8_t* const end = p + bytes.size();
  while (p != end) {
    const uint8_t lead = *p++;
    if (lead < 0x80) continue;
    // Smallest code point each length may encode: anything lower is an overlong form.
    unsigned follow;
    uint32_t code_point;
    uint32_t smallest;
    if ((lead & 0xe0) == 0xc0) {
      follow = 1, code_point = lead & 0x1f, smallest = 0x80;
    } else if ((lead & 0xf0) == 0xe0) {
      follow = 2, code_point = lead & 0x0f, smallest = 0x800;
    } else if ((lead & 0xf8) == 0xf0) {
      follow = 3, code_point = lead & 0x07, smallest = 0x10000;
    } else {
      return false;
    }
    if (static_cast<size_t>(end - p) < follow) return false;
    for (; follow > 0; --follow, ++p) {
      if ((*p & 0xc0) != 0x80) return false;
      code_point = code_point << 6 | (*p & 0x3f);
    }
    if (code_point < smallest || code_point > 0x10ffff) return false;
    if (code_point >= 0xd800 && code_point < 0xe000) return false;
  }
  return true;
}

}  // namespace skerry
