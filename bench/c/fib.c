// Calls and little else: the doubly recursive Fibonacci function, and Takeuchi's function.
#include "kernel.h"

__attribute__((noinline)) static uint32_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

__attribute__((noinline)) static int32_t tak(int32_t x, int32_t y, int32_t z) {
  return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 140);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    sum = mix(sum, fib(30 + (uint32_t)r % 2));
    sum = mix(sum, (uint64_t)tak(18, 12, 5 + r % 2));
  }
  kernel_end(begin, sum);
  return 0;
}
