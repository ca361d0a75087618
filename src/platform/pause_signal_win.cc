// Windows has no such signals: runtimes suspend the thread instead, and nobody else hears of it.
#include <windows.h>

#include "platform/pause_signal.h"

namespace skerry::platform {

Result<void> install_pause_signal(int, PauseClient) {
  return fail(ErrorCode::OsError, kNoPosition, ERROR_NOT_SUPPORTED);
}

}  // namespace skerry::platform
