// Five-point Jacobi relaxation on a square grid, from one array into another and back.
#include "kernel.h"

enum { kSize = 400 };

static double grid[2][kSize][kSize];

static void relax(double to[kSize][kSize], double from[kSize][kSize]) {
  for (int i = 1; i < kSize - 1; i++) {
    for (int j = 1; j < kSize - 1; j++) {
      to[i][j] =
          0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i - 1][j] + from[i + 1][j]);
    }
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 2500);
  uint64_t seed = 3;
  for (int i = 0; i < kSize; i++) {
    for (int j = 0; j < kSize; j++) grid[0][i][j] = grid[1][i][j] = next_random_double(&seed);
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    relax(grid[1], grid[0]);
    relax(grid[0], grid[1]);
  }
  kernel_end(begin, mix_doubles(0, &grid[0][0][0], kSize * kSize));
  return 0;
}
