// Rights: what a descriptor may do only shrinks, and passes on what it was told to.
// @dir
// @file data hello
// @peer-differs wasmtime does not keep rights
#include "check.h"

static __wasi_fdstat_t stat_of(__wasi_fd_t fd) {
  __wasi_fdstat_t stat;
  CHECK_ERRNO(__wasi_fd_fdstat_get(fd, &stat), OK);
  return stat;
}

int main(void) {
  const __wasi_rights_t read = __WASI_RIGHTS_FD_READ, write = __WASI_RIGHTS_FD_WRITE,
                        seek = __WASI_RIGHTS_FD_SEEK;
  __wasi_fd_t fd, dir;
  uint8_t byte = 'x';
  __wasi_iovec_t in = {&byte, 1};
  __wasi_ciovec_t out = {&byte, 1};
  __wasi_size_t count;
  __wasi_filesize_t position;

  CHECK_ERRNO(__wasi_path_open(3, 0, "data", 0, read | write, 0, 0, &fd), OK);
  CHECK(stat_of(fd).fs_rights_base == (read | write));
  CHECK_ERRNO(__wasi_fd_read(fd, &in, 1, &count), OK);
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &position), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_sync(fd), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, read | seek, 0), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, read, 0), OK);
  CHECK_ERRNO(__wasi_fd_write(fd, &out, 1, &count), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, read | write, 0), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);

  // A directory that passes on reading only.
  CHECK_ERRNO(
      __wasi_path_open(3, 0, ".", __WASI_OFLAGS_DIRECTORY,
                       __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_CREATE_FILE, read, 0, &dir),
      OK);
  CHECK_ERRNO(__wasi_path_open(dir, 0, "data", 0, read, 0, 0, &fd), OK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_path_open(dir, 0, "data", 0, write, 0, 0, &fd), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_path_create_directory(dir, "new"), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_path_unlink_file(dir, "data"), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_path_open(dir, 0, "data", __WASI_OFLAGS_TRUNC, read, 0, 0, &fd),
              __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_path_open(dir, 0, "made", __WASI_OFLAGS_CREAT, read, 0, 0, &fd), OK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);

  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(dir, 0, 0), OK);
  CHECK_ERRNO(__wasi_path_open(dir, 0, "data", 0, 0, 0, 0, &fd), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_close(dir), OK);
  return finish();
}
