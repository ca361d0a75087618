// Lists of buffers are filled and written whole.
// @dir
// @peer-differs wasmtime uses only the first buffer
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  int fd = open("vectors", O_RDWR | O_CREAT, 0644);
  struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cdef", 4}};
  CHECK(writev(fd, out, 3) == 6);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  char a[4] = {0}, b[8] = {0};
  struct iovec in[2] = {{a, 3}, {b, 8}};
  CHECK(readv(fd, in, 2) == 6);
  CHECK(memcmp(a, "abc", 3) == 0 && memcmp(b, "def", 3) == 0);
  close(fd);
  return finish();
}
