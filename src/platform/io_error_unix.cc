// errno to IoError: the second column of io_errors.def.
#include "platform/io_error_unix.h"

namespace skerry::platform {

IoError io_error_of_errno(int number) {
  switch (number) {
#define IO_ERROR(name, posix, text) \
  case posix: return IoError::name;
#include "platform/io_errors.def"
#undef IO_ERROR
    default: return IoError::Io;
  }
}

std::unexpected<Error> fail_last_os_error() { return fail_errno(errno); }

}  // namespace skerry::platform
