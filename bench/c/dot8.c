// Dot products of vectors of signed bytes, as quantised models compute them.
#include "kernel.h"

enum { kLength = 4096, kVectors = 64 };

static int8_t rows[kVectors][kLength], query[kLength];

__attribute__((noinline)) static int32_t dot(const int8_t* a, const int8_t* b, int length) {
  int32_t sum = 0;
  for (int i = 0; i < length; i++) sum += a[i] * b[i];
  return sum;
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 15000);
  uint64_t seed = 5;
  for (int i = 0; i < kLength; i++) query[i] = (int8_t)next_random(&seed);
  for (int r = 0; r < kVectors; r++) {
    for (int i = 0; i < kLength; i++) rows[r][i] = (int8_t)next_random(&seed);
  }
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    for (int v = 0; v < kVectors; v++) {
      int32_t product = dot(rows[v], query, kLength);
      sum = mix(sum, (uint32_t)product);
      query[v] = (int8_t)product;
    }
  }
  kernel_end(begin, sum);
  return 0;
}
