// Random bytes, straight into guest memory.
#include "wasi/functions.h"

namespace skerry::wasi {

Result<void> random_get(Call& call, Ptr buf_out, Size buf_len) {
  return call.context().fill_random(TRY(call.bytes(buf_out, buf_len)));
}

}  // namespace skerry::wasi
