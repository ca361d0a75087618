// All-pairs shortest paths over a dense matrix of 32-bit distances.
#include "kernel.h"

enum { kNodes = 400 };

static int32_t edges[kNodes][kNodes], distance[kNodes][kNodes];

static void shortest_paths(void) {
  for (int k = 0; k < kNodes; k++) {
    for (int i = 0; i < kNodes; i++) {
      for (int j = 0; j < kNodes; j++) {
        int32_t through = distance[i][k] + distance[k][j];
        distance[i][j] = distance[i][j] < through ? distance[i][j] : through;
      }
    }
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 15);
  uint64_t seed = 4, sum = 0;
  for (int i = 0; i < kNodes; i++) {
    for (int j = 0; j < kNodes; j++) {
      uint64_t r = next_random(&seed) >> 32;
      edges[i][j] = i == j ? 0 : r % 7 == 0 ? (int32_t)(r % 1000 + 1) : 1000000;
    }
  }
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    memcpy(distance, edges, sizeof distance);
    distance[r % kNodes][(r * 7 + 1) % kNodes] = 1;
    shortest_paths();
    sum = mix(sum, (uint64_t)distance[kNodes - 1][r % kNodes]);
  }
  for (int i = 0; i < kNodes; i++) {
    for (int j = 0; j < kNodes; j++) sum = mix(sum, (uint64_t)distance[i][j]);
  }
  kernel_end(begin, sum);
  return 0;
}
