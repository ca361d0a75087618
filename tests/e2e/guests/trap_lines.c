// Divides by zero two calls deep: backtraces name these lines (traps.test).
#include <stdlib.h>

__attribute__((noinline)) static int divide(int a, int b) { return a / b; }

__attribute__((noinline)) static int scale(int a, int b) {
  int half = divide(a, 2);
  return half + divide(half, b) + 1;
}

int main(int argc, char** argv) {
  (void)argv;
  return scale(10, argc - 1);
}
