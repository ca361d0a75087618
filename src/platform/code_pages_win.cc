// Sealing code pages with VirtualProtect.
#include <windows.h>

#include "platform/code_pages.h"

namespace skerry::platform {

Result<void> make_executable(uint8_t* pages, uint64_t bytes) {
  DWORD before;
  if (!VirtualProtect(pages, bytes, PAGE_EXECUTE_READ, &before))
    return fail(ErrorCode::OsError, kNoPosition, GetLastError());
  FlushInstructionCache(GetCurrentProcess(), pages, bytes);
  return {};
}

}  // namespace skerry::platform
