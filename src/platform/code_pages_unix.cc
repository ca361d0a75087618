// Sealing code pages with mprotect.
#include <sys/mman.h>

#include <cerrno>

#include "platform/code_pages.h"

namespace skerry::platform {

Result<void> make_executable(uint8_t* pages, uint64_t bytes) {
  if (mprotect(pages, bytes, PROT_READ | PROT_EXEC) != 0)
    return fail(ErrorCode::OsError, kNoPosition, static_cast<uint64_t>(errno));
  // Needed where instruction caches do not follow stores; nothing on x86-64.
  __builtin___clear_cache(reinterpret_cast<char*>(pages), reinterpret_cast<char*>(pages) + bytes);
  return {};
}

}  // namespace skerry::platform
