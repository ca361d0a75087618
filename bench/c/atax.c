// y = A^T (A x): a matrix-vector product by rows, then one by columns, streamed through memory.
#include "kernel.h"

enum { kRows = 700, kColumns = 600 };

static double a[kRows][kColumns], x[kColumns], y[kColumns];

static void atax(void) {
  for (int j = 0; j < kColumns; j++) y[j] = 0;
  for (int i = 0; i < kRows; i++) {
    double dot = 0;
    for (int j = 0; j < kColumns; j++) dot += a[i][j] * x[j];
    for (int j = 0; j < kColumns; j++) y[j] += a[i][j] * dot;
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 900);
  uint64_t seed = 2, sum = 0;
  for (int j = 0; j < kColumns; j++) x[j] = next_random_double(&seed);
  for (int i = 0; i < kRows; i++) {
    for (int j = 0; j < kColumns; j++) a[i][j] = next_random_double(&seed) - 0.5;
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    atax();
    for (int j = 0; j < kColumns; j++) x[j] = 0.5 * x[j] + y[j] * 1e-4;
    sum = mix_double(sum, x[r % kColumns]);
  }
  kernel_end(begin, mix_doubles(sum, x, kColumns));
  return 0;
}
