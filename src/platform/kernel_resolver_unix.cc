// openat2(2) with RESOLVE_BENEATH: since Linux 5.6; may be forbidden by an older container's
// filter, so it is tried once. Only the magic links of /proc are refused besides.
#include "platform/kernel_resolver.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "platform/directory_unix.h"
#include "platform/io_error_unix.h"

#ifdef __linux__
#include <linux/openat2.h>
#endif

namespace skerry::platform {

#if defined(__linux__) && defined(SYS_openat2)
namespace {

constexpr int kTries = 16;  // while directories under way are being renamed
constexpr uint64_t kFileMode = 0666;

int open_beneath(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags);
  how.mode = (flags & O_CREAT) != 0 ? kFileMode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int tries = kTries;; --tries) {
    const long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    if (fd >= 0 || (errno != EINTR && (errno != EAGAIN || tries == 0))) return static_cast<int>(fd);
  }
}

Result<File> open_text(const Dir& root, std::string_view path, int flags, bool append) {
  char text[PATH_MAX];
  if (path.size() >= sizeof(text)) return fail_io(IoError::NameTooLong);
  std::memcpy(text, path.data(), path.size());
  text[path.size()] = 0;
  const int fd = open_beneath(static_cast<int>(root.file().native()), text, flags);
  // The kernel's word for leaving the root.
  if (fd < 0 && errno == EXDEV) return fail_io(IoError::NotPermitted, EXDEV);
  if (fd < 0) return fail_errno(errno);
  return File::adopt(fd, File::Ownership::Owned, append);
}

}  // namespace

bool has_kernel_resolver() {
  static const bool has = [] {
    const int fd = open_beneath(AT_FDCWD, ".", O_PATH | O_CLOEXEC);
    if (fd >= 0) close(fd);
    return fd >= 0;
  }();
  return has;
}

Result<File> kernel_open(const Dir& root, std::string_view path, bool follow_last,
                         const OpenOptions& options) {
  const int flags = open_flags_of(options) | (follow_last ? 0 : O_NOFOLLOW);
  return open_text(root, path, flags, options.append);
}

Result<Dir> kernel_open_for_walk(const Dir& root, std::string_view path) {
  return Dir(TRY(open_text(root, path, O_PATH | O_DIRECTORY | O_CLOEXEC, false)));
}

#else

bool has_kernel_resolver() { return false; }
Result<File> kernel_open(const Dir&, std::string_view, bool, const OpenOptions&) {
  return fail_io(IoError::NotSupported);
}
Result<Dir> kernel_open_for_walk(const Dir&, std::string_view) {
  return fail_io(IoError::NotSupported);
}

#endif

}  // namespace skerry::platform
