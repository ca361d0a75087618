// Random bytes: all of the buffer, none beside it, different each time.
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  uint8_t a[300], b[256] = {0};
  memset(a, 0xaa, sizeof(a));
  CHECK(getentropy(a + 20, 256) == 0);
  for (int i = 0; i < 20; ++i) CHECK(a[i] == 0xaa);
  for (int i = 276; i < 300; ++i) CHECK(a[i] == 0xaa);
  CHECK(getentropy(b, 256) == 0);
  CHECK(memcmp(a + 20, b, 256) != 0);
  CHECK_FAILS(getentropy(b, 257), EIO);  // the C library's limit
  CHECK_ERRNO(__wasi_random_get(a, 0), OK);
  static uint8_t large[4 << 20];
  CHECK_ERRNO(__wasi_random_get(large, sizeof(large)), OK);
  int zeros = 0;
  for (size_t i = 0; i < sizeof(large); ++i) zeros += large[i] == 0;
  CHECK(zeros > 12000 && zeros < 21000);  // 16384 expected
  return finish();
}
