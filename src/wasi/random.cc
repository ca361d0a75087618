// Random bytes, from the system straight into guest memory.
#include "platform/random.h"

#include "wasi/functions.h"

namespace skerry::wasi {

Result<void> random_get(Call& call, Ptr buf_out, Size buf_len) {
  return platform::fill_random(TRY(call.bytes(buf_out, buf_len)));
}

}  // namespace skerry::wasi
