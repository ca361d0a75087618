// What the Windows halves of the file rooms share: Win32 codes and NTSTATUS to Error.
// Not for rooms other than platform.
#pragma once

#include "platform/io_error.h"

namespace skerry::platform {

// A code as GetLastError() gives it.
std::unexpected<Error> fail_win32(uint32_t code);
// A failure of a call into ntdll.
std::unexpected<Error> fail_nt(int32_t status);

}  // namespace skerry::platform
