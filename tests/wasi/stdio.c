// Standard streams that lead to pipes: read to the end, written in order, and not terminals.
// @stdin first line
// @stdin second line
// @stdout read: first line
// @stdout read: second line
// @stdout done
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  char line[64];
  while (fgets(line, sizeof(line), stdin)) printf("read: %s", line);
  CHECK(feof(stdin) && !ferror(stdin));
  CHECK(fread(line, 1, 1, stdin) == 0);
  printf("done\n");
  CHECK(fflush(stdout) == 0);
  for (int fd = 0; fd < 3; ++fd) {
    struct stat st;
    CHECK(!isatty(fd));
    CHECK(fstat(fd, &st) == 0);
    CHECK_FAILS(lseek(fd, 0, SEEK_CUR), ESPIPE);
  }
  CHECK_FAILS(write(0, "x", 1), EBADF);
  CHECK_FAILS(read(1, line, 1), EBADF);
  return finish();
}
