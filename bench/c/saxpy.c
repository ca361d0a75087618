// y = a * x + y over single-precision vectors that may overlap, as far as the compiler knows.
#include "kernel.h"

enum { kLength = 8192 };

static float x[kLength], y[kLength];

__attribute__((noinline)) static void saxpy(float* to, const float* from, float factor,
                                            int length) {
  for (int i = 0; i < length; i++) to[i] = factor * from[i] + to[i];
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 200000);
  uint64_t seed = 7;
  for (int i = 0; i < kLength; i++) {
    x[i] = (float)next_random_double(&seed) - 0.5f;
    y[i] = (float)next_random_double(&seed);
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) saxpy(y, x, (r & 1) != 0 ? 0.25f : -0.25f, kLength - r % 8);
  uint64_t sum = 0;
  for (int i = 0; i < kLength; i++) sum = mix_double(sum, (double)y[i]);
  kernel_end(begin, sum);
  return 0;
}
