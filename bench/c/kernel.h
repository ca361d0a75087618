// The frame every C kernel of the benchmark suite stands in: a clock, a random source, a checksum.
//
// A kernel prints one line `checksum ...` on stdout, which must be the same on every engine and in
// native code, and one line `kernel_ns N` on stderr: the time from kernel_begin() to kernel_end(),
// so set-up, process start and compilation ahead of the call are not in it. The first argument,
// when present, is a percentage of the usual repeats (quick runs); results depend on it, so outputs
// are compared only between runs with the same arguments. No libm beyond sqrt and fabs: other
// functions differ between C libraries in the last bit.
#ifndef SKERRY_BENCH_KERNEL_H_
#define SKERRY_BENCH_KERNEL_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline int kernel_repeats(int argc, char** argv, int usual) {
  int percent = argc > 1 ? atoi(argv[1]) : 100;
  int repeats = (int)((int64_t)usual * percent / 100);
  return repeats > 0 ? repeats : 1;
}

static inline uint64_t kernel_begin(void) { return now_ns(); }

static inline void kernel_end(uint64_t begin_ns, uint64_t checksum) {
  uint64_t elapsed_ns = now_ns() - begin_ns;
  printf("checksum %016llx\n", (unsigned long long)checksum);
  fprintf(stderr, "kernel_ns %llu\n", (unsigned long long)elapsed_ns);
}

// xorshift64*: small, and equal everywhere.
static inline uint64_t next_random(uint64_t* state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return x * 0x2545f4914f6cdd1dull;
}

// In [0, 1), from the top 53 bits.
static inline double next_random_double(uint64_t* state) {
  return (double)(next_random(state) >> 11) * (1.0 / 9007199254740992.0);
}

// Order-sensitive checksum step (FNV-1a over 64-bit words, with a rotation to spread high bits).
static inline uint64_t mix(uint64_t sum, uint64_t word) {
  sum = (sum ^ word) * 0x100000001b3ull;
  return (sum << 23) | (sum >> 41);
}

static inline uint64_t mix_double(uint64_t sum, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return mix(sum, bits);
}

static inline uint64_t mix_doubles(uint64_t sum, const double* values, size_t count) {
  for (size_t i = 0; i < count; i++) sum = mix_double(sum, values[i]);
  return sum;
}

#endif  // SKERRY_BENCH_KERNEL_H_
