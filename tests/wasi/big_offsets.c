// Offsets beyond 4 GiB, in a file with a hole.
// @dir
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  const off_t far = 5000000000;
  int fd = open("sparse", O_RDWR | O_CREAT, 0644);
  CHECK(lseek(fd, far, SEEK_SET) == far);
  CHECK(write(fd, "far", 3) == 3);
  CHECK(lseek(fd, 0, SEEK_CUR) == far + 3);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == far + 3);
  char text[4] = {0};
  CHECK(pread(fd, text, 3, far) == 3 && strcmp(text, "far") == 0);
  CHECK(pread(fd, text, 3, far + 3) == 0);
  CHECK(ftruncate(fd, far - 1) == 0);
  CHECK(lseek(fd, 0, SEEK_END) == far - 1);
  __wasi_size_t count;
  __wasi_iovec_t slice = {(uint8_t*)text, 3};
  CHECK_ERRNO(__wasi_fd_pread(fd, &slice, 1, UINT64_MAX, &count), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, UINT64_MAX), __WASI_ERRNO_INVAL);
  close(fd);
  CHECK(unlink("sparse") == 0);
  return finish();
}
