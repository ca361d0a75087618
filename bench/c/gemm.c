// Dense matrix product C = alpha * A * B + beta * C in doubles, rows innermost (unit stride).
#include "kernel.h"

enum { kSize = 300 };

static double a[kSize][kSize], b[kSize][kSize], c[kSize][kSize];

static void gemm(double alpha, double beta) {
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) c[i][j] *= beta;
    for (int k = 0; k < kSize; k++) {
      double scaled = alpha * a[i][k];
      for (int j = 0; j < kSize; j++) c[i][j] += scaled * b[k][j];
    }
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 80);
  uint64_t seed = 1;
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) {
      a[i][j] = next_random_double(&seed) - 0.5;
      b[i][j] = next_random_double(&seed) - 0.5;
      c[i][j] = next_random_double(&seed);
    }
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) gemm(0.75, 0.5);
  kernel_end(begin, mix_doubles(0, &c[0][0], kSize * kSize));
  return 0;
}
