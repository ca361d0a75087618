// LU factorisation in place, without pivoting, of a diagonally dominant matrix; dot products by
// column, as textbooks write it (strided loads, a division a row).
#include "kernel.h"

enum { kSize = 350 };

static double source[kSize][kSize], a[kSize][kSize];

static void factorise(void) {
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < i; j++) {
      double sum = a[i][j];
      for (int k = 0; k < j; k++) sum -= a[i][k] * a[k][j];
      a[i][j] = sum / a[j][j];
    }
    for (int j = i; j < kSize; j++) {
      double sum = a[i][j];
      for (int k = 0; k < i; k++) sum -= a[i][k] * a[k][j];
      a[i][j] = sum;
    }
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 35);
  uint64_t seed = 5, sum = 0;
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) source[i][j] = next_random_double(&seed) - 0.5;
    source[i][i] += kSize;
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    memcpy(a, source, sizeof a);
    a[r % kSize][0] += 1.0;
    factorise();
    sum = mix_double(sum, a[kSize - 1][kSize - 1]);
  }
  kernel_end(begin, mix_doubles(sum, &a[0][0], kSize * kSize));
  return 0;
}
