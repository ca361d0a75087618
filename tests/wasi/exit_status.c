// A program's status reaches the host.
// @status 42
#include <stdlib.h>

#include "check.h"

static void at_exit(void) { _Exit(42); }

int main(void) {
  atexit(at_exit);
  return 7;
}
