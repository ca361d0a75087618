// Matching by bytes: the code has been validated, so only its form is asked for.
#include "binary/dispatch_loop.h"

#include "binary/function_reader.h"

namespace skerry {
namespace {

uint32_t read_u32(const uint8_t*& p) { return FunctionReader::read_leb_unchecked(p); }

}  // namespace

bool match_const_jump(const uint8_t* p, const uint8_t* end, ConstJump& jump) {
  if (end - p < 6 || *p++ != 0x41) return false;
  // The constant is a signed LEB128; block numbers are small and not negative.
  uint32_t value = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    byte = *p++;
    value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    shift += 7;
  } while (byte & 0x80);
  if (shift < 32 && (byte & 0x40)) return false;
  if (*p++ != 0x21) return false;
  jump.local = read_u32(p);
  if (*p++ != 0x0c) return false;
  jump.depth = read_u32(p);
  jump.value = value;
  jump.end = p;
  return true;
}

bool match_dispatch(const uint8_t* p, const uint8_t* end, DispatchLoop& loop) {
  loop.block_count = 0;
  while (end - p > 4 && p[0] == 0x02 && p[1] == 0x40) {
    ++loop.block_count;
    p += 2;
  }
  if (loop.block_count == 0 || end - p < 4 || *p++ != 0x20) return false;
  loop.local = read_u32(p);
  return *p == 0x0e;
}

}  // namespace skerry
