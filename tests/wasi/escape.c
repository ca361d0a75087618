// Nothing outside the given directory can be named. The runner has put a file `secret` beside the
// directory, and links that lead out into it.
// @dir
// @outside
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static __wasi_errno_t try_open(const char* path, __wasi_oflags_t oflags) {
  __wasi_fd_t fd;
  __wasi_errno_t error = __wasi_path_open(3, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, oflags,
                                          __WASI_RIGHTS_FD_READ, 0, 0, &fd);
  if (error == 0) CHECK_ERRNO(__wasi_fd_close(fd), OK);
  return error;
}

int main(void) {
  static const char* const kPaths[] = {
      "/",
      "/etc/passwd",
      "//etc/passwd",
      "..",
      "../",
      "../secret",
      "./../secret",
      "a/../../secret",
      "a/b/../../../secret",
      "../inside/a",
      "a/../..",
      "link-up",
      "link-up/secret",
      "link-secret",
      "link-root",
      "link-root/etc/passwd",
      "link-proc/root",
      "far/link-far/secret",
      "link-chain",
      "link-up/inside/a",
  };
  CHECK(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0);
  for (size_t i = 0; i < sizeof(kPaths) / sizeof(*kPaths); ++i) {
    const char* path = kPaths[i];
    __wasi_filestat_t stat;
    if (try_open(path, 0) != __WASI_ERRNO_PERM ||
        try_open(path, __WASI_OFLAGS_CREAT) != __WASI_ERRNO_PERM ||
        try_open(path, __WASI_OFLAGS_DIRECTORY) != __WASI_ERRNO_PERM) {
      fprintf(stderr, "open of %s is not refused with perm\n", path);
      ++failures;
    }
    if (__wasi_path_filestat_get(3, 1, path, &stat) != __WASI_ERRNO_PERM) {
      fprintf(stderr, "stat of %s is not refused with perm\n", path);
      ++failures;
    }
  }
  CHECK_ERRNO(__wasi_path_create_directory(3, "link-up/made"), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_unlink_file(3, "link-up/secret"), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_rename(3, "a/b", 3, "link-up/b"), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_link(3, 0, "link-up/secret", 3, "stolen"), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_symlink("x", 3, "link-up/x"), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_remove_directory(3, "../inside"), __WASI_ERRNO_PERM);
  // A directory below is a root of its own.
  __wasi_fd_t below;
  CHECK_ERRNO(__wasi_path_open(3, 0, "a", __WASI_OFLAGS_DIRECTORY,
                               __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_FILESTAT_GET,
                               __WASI_RIGHTS_FD_READ, 0, &below),
              OK);
  __wasi_fd_t fd;
  CHECK_ERRNO(__wasi_path_open(below, 1, "../a", 0, 0, 0, 0, &fd), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_open(below, 1, "b", 0, 0, 0, 0, &fd), OK);
  // No other descriptors are there.
  __wasi_prestat_t prestat;
  for (__wasi_fd_t other = 6; other < 200; ++other)
    CHECK_ERRNO(__wasi_fd_prestat_get(other, &prestat), __WASI_ERRNO_BADF);
  return finish();
}
