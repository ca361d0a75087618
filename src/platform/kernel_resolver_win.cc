// Windows has no such kernel: paths are always walked.
#include "platform/kernel_resolver.h"

namespace skerry::platform {

bool has_kernel_resolver() { return false; }
Result<File> kernel_open(const Dir&, std::string_view, bool, const OpenOptions&) {
  return fail_io(IoError::NotSupported);
}
Result<Dir> kernel_open_for_walk(const Dir&, std::string_view) {
  return fail_io(IoError::NotSupported);
}

}  // namespace skerry::platform
