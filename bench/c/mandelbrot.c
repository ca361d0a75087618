// Escape times of the Mandelbrot set: a short loop of dependent floating-point operations that
// leaves at a data-dependent point.
#include "kernel.h"

enum { kWidth = 400, kHeight = 300, kLimit = 200 };

static uint32_t escape_time(double cx, double cy) {
  double x = 0, y = 0;
  uint32_t n = 0;
  while (n < kLimit) {
    double xx = x * x, yy = y * y;
    if (xx + yy > 4.0) break;
    y = 2.0 * x * y + cy;
    x = xx - yy + cx;
    n++;
  }
  return n;
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 20);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    double left = -2.2 + 0.01 * r;
    for (int row = 0; row < kHeight; row++) {
      uint64_t row_total = 0;
      for (int column = 0; column < kWidth; column++) {
        row_total += escape_time(left + 3.2 * column / kWidth, -1.2 + 2.4 * row / kHeight);
      }
      sum = mix(sum, row_total);
    }
  }
  kernel_end(begin, sum);
  return 0;
}
