// Arguments and environment arrive as given, empty ones and UTF-8 included.
// @args one "two words" "" "ümlaut"
// @env GREETING=hello there
// @env EMPTY=
#include <stdlib.h>

#include "check.h"

extern char** environ;

int main(int argc, char** argv) {
  CHECK(argc == 5);
  CHECK(strcmp(argv[1], "one") == 0);
  CHECK(strcmp(argv[2], "two words") == 0);
  CHECK(strcmp(argv[3], "") == 0);
  CHECK(strcmp(argv[4], "\xc3\xbcmlaut") == 0);
  CHECK(argv[argc] == NULL);
  const char* greeting = getenv("GREETING");
  CHECK(greeting && strcmp(greeting, "hello there") == 0);
  const char* empty = getenv("EMPTY");
  CHECK(empty && *empty == 0);
  CHECK(getenv("HOME") == NULL);  // nothing is inherited
  int count = 0;
  while (environ[count]) ++count;
  CHECK(count == 2);

  __wasi_size_t arg_count, arg_bytes;
  CHECK_ERRNO(__wasi_args_sizes_get(&arg_count, &arg_bytes), OK);
  CHECK(arg_count == 5);
  __wasi_size_t env_count, env_bytes;
  CHECK_ERRNO(__wasi_environ_sizes_get(&env_count, &env_bytes), OK);
  CHECK(env_count == 2);
  CHECK(env_bytes == sizeof("GREETING=hello there") + sizeof("EMPTY="));
  return finish();
}
