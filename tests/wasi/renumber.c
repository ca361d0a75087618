// Descriptors' numbers: lowest first, moved by fd_renumber, gone after close.
// @dir
#include <fcntl.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  __wasi_prestat_t prestat;
  int a = open("a", O_CREAT | O_RDWR, 0644), b = open("b", O_CREAT | O_RDWR, 0644);
  CHECK(a == 4 && b == 5);
  CHECK(write(a, "aaa", 3) == 3);
  CHECK_ERRNO(__wasi_fd_renumber(a, b), OK);
  CHECK(lseek(b, 0, SEEK_CUR) == 3);
  CHECK_FAILS(lseek(a, 0, SEEK_CUR), EBADF);
  CHECK_ERRNO(__wasi_fd_renumber(b, a), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(a, b), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(b, b), OK);
  CHECK(open("b", O_RDONLY) == a);
  CHECK_ERRNO(__wasi_fd_prestat_get(3, &prestat), OK);
  CHECK_ERRNO(__wasi_fd_renumber(b, 3), OK);  // over the directory
  CHECK_ERRNO(__wasi_fd_prestat_get(3, &prestat), __WASI_ERRNO_BADF);
  CHECK_FAILS(open("a", O_RDONLY), ENOTDIR);
  CHECK(lseek(3, 0, SEEK_CUR) == 3);
  CHECK(close(3) == 0 && close(0) == 0);
  CHECK_FAILS(close(0), EBADF);
  return finish();
}
