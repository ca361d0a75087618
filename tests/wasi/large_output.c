// More output than a pipe holds, in large and small pieces.
// @stdout-bytes 3000000
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  static char block[1000000];
  memset(block, 'x', sizeof(block));
  for (size_t sent = 0; sent < sizeof(block);) {
    ssize_t count = write(1, block + sent, sizeof(block) - sent);
    CHECK(count > 0);
    if (count <= 0) break;
    sent += (size_t)count;
  }
  for (int i = 0; i < 2000; ++i) CHECK(fwrite(block, 1, 1000, stdout) == 1000);
  CHECK(fflush(stdout) == 0);
  return finish();
}
