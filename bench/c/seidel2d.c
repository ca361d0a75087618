// Nine-point Gauss-Seidel sweep in place: each point needs its left neighbour's new value, so the
// loop is bound by the latency of the additions and one division.
#include "kernel.h"

enum { kSize = 400 };

static double grid[kSize][kSize];

static void sweep(void) {
  for (int i = 1; i < kSize - 1; i++) {
    for (int j = 1; j < kSize - 1; j++) {
      grid[i][j] =
          (grid[i - 1][j - 1] + grid[i - 1][j] + grid[i - 1][j + 1] + grid[i][j - 1] + grid[i][j] +
           grid[i][j + 1] + grid[i + 1][j - 1] + grid[i + 1][j] + grid[i + 1][j + 1]) /
          9.0;
    }
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 200);
  uint64_t seed = 6;
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) grid[i][j] = next_random_double(&seed);
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) sweep();
  kernel_end(begin, mix_doubles(0, &grid[0][0], kSize * kSize));
  return 0;
}
