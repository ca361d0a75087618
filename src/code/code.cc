// SiteMap's encoding: per site a signed delta of the code offset, a signed delta of the module
// offset (both LEB128), and a byte for the trap.
#include "code/code.h"

#include <array>

namespace skerry {

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
  append_s64_leb(bytes_, static_cast<int64_t>(site.code_offset) - last_code_offset_);
  append_s64_leb(bytes_, static_cast<int64_t>(site.module_offset) - last_module_offset_);
  bytes_.push_back(static_cast<uint8_t>(site.trap));
  last_code_offset_ = site.code_offset;
  last_module_offset_ = site.module_offset;
}

std::optional<CodeSite> SiteMap::find_in(Bytes bytes, uint32_t code_offset, Kind kind) {
  ByteReader in(bytes);
  CodeSite site;
  while (!in.at_end()) {
    const auto code_delta = in.s64();
    const auto module_delta = in.s64();
    const auto trap = in.u8();
    if (!code_delta || !module_delta || !trap) return std::nullopt;
    site.code_offset += static_cast<uint32_t>(*code_delta);
    site.module_offset += static_cast<uint32_t>(*module_delta);
    site.trap = static_cast<TrapCode>(*trap);
    const bool is_call = site.trap == TrapCode::None;
    if (site.code_offset == code_offset && is_call == (kind == Kind::Call)) return site;
  }
  return std::nullopt;
}

}  // namespace skerry
