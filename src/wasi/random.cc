// Random bytes, straight into guest memory; in pieces, since 4 GiB of them take seconds.
#include <algorithm>

#include "wasi/functions.h"

namespace skerry::wasi {
namespace {

// A multiple of what a seeded source makes at a time: pieces change nothing about the bytes.
constexpr size_t kPieceBytes = 1 << 20;

}  // namespace

Result<void> random_get(Call& call, Ptr buf_out, Size buf_len) {
  std::span<uint8_t> rest = TRY(call.bytes(buf_out, buf_len));
  for (;;) {
    const auto piece = rest.first(std::min(rest.size(), kPieceBytes));
    TRY(call.context().fill_random(piece));
    rest = rest.subspan(piece.size());
    if (rest.empty()) return {};
    TRY(call.poll_interrupt());
  }
}

}  // namespace skerry::wasi
