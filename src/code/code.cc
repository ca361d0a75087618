// SiteMap's encoding: per site a signed delta of the code offset, a signed delta of the module
// offset (both LEB128), and a byte for the trap. If that has kInPlace set, the func and the offset
// of the call follow, as deltas to what the last such site had.
#include "code/code.h"

#include <array>

namespace skerry {
namespace {

constexpr uint8_t kTrapBits = 0x7f, kInPlace = 0x80;
constexpr uint8_t kCall = static_cast<uint8_t>(TrapCode::None) & kTrapBits;

constexpr TrapCode trap_of(uint8_t byte) {
  const uint8_t bits = byte & kTrapBits;
  return bits == kCall ? TrapCode::None : static_cast<TrapCode>(bits);
}

// The next of two numbers that are kept as differences.
bool read_delta(ByteReader& in, uint32_t& value) {
  const auto delta = in.s64();
  if (delta) value += static_cast<uint32_t>(*delta);
  return delta.has_value();
}

void append_delta(std::vector<uint8_t>& bytes, uint32_t value, uint32_t& last) {
  append_s64_leb(bytes, static_cast<int64_t>(value) - last);
  last = value;
}

}  // namespace

ErrorCode trap_error(TrapCode trap) {
  static constexpr auto kErrors = std::to_array<ErrorCode>({
#define TRAP(name, error) ErrorCode::error,
#include "wasm/traps.def"
#undef TRAP
  });
  const auto index = static_cast<size_t>(trap);
  return index < kErrors.size() ? kErrors[index] : ErrorCode::InternalError;
}

void SiteMap::append(CodeSite site) {
  append_delta(bytes_, site.code_offset, last_.code_offset);
  append_delta(bytes_, site.module_offset, last_.module_offset);
  const uint8_t trap = static_cast<uint8_t>(site.trap) & kTrapBits;
  bytes_.push_back(site.in_place ? trap | kInPlace : trap);
  if (!site.in_place) return;
  append_delta(bytes_, site.in_place->func, last_in_place_.func);
  append_delta(bytes_, site.in_place->call_offset, last_in_place_.call_offset);
}

std::optional<CodeSite> SiteMap::find_in(Bytes bytes, uint32_t code_offset, Kind kind) {
  ByteReader in(bytes);
  CodeSite site;
  CodeSite::InPlace in_place;
  while (!in.at_end()) {
    if (!read_delta(in, site.code_offset) || !read_delta(in, site.module_offset))
      return std::nullopt;
    const auto trap = in.u8();
    if (!trap) return std::nullopt;
    site.trap = trap_of(*trap);
    site.in_place.reset();
    if ((*trap & kInPlace) != 0) {
      if (!read_delta(in, in_place.func) || !read_delta(in, in_place.call_offset))
        return std::nullopt;
      site.in_place = in_place;
    }
    const bool is_call = site.trap == TrapCode::None;
    if (site.code_offset == code_offset && is_call == (kind == Kind::Call)) return site;
  }
  return std::nullopt;
}

}  // namespace skerry
