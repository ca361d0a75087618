// SHA-256 (FIPS 180-4) over a buffer, hash chained into the buffer's next pass.
// The round constants are computed from the cube roots of the primes rather than listed.
#include "kernel.h"

enum { kBufferBytes = 1 << 16 };

static uint32_t round_constants[64];
static uint32_t initial_state[8];
static uint8_t buffer[kBufferBytes];

// First 32 fractional bits of the square (power 2) or cube (power 3) root of n, by bisection on the
// root scaled by 2^32; n is below 2^9, so the scaled cube fits 128 bits exactly.
static uint32_t root_fraction(uint32_t n, int power) {
  uint64_t low = 0, high = (uint64_t)1 << 37;
  while (high - low > 1) {
    uint64_t middle = low + (high - low) / 2;
    unsigned __int128 scaled = (unsigned __int128)middle * middle;
    if (power == 3) scaled *= middle;
    if (scaled > (unsigned __int128)n << (32 * power)) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return (uint32_t)low;
}

static void make_constants(void) {
  int found = 0;
  for (uint32_t n = 2; found < 64; n++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= n; d++) prime &= n % d != 0;
    if (!prime) continue;
    round_constants[found] = root_fraction(n, 3);
    if (found < 8) initial_state[found] = root_fraction(n, 2);
    found++;
  }
}

static inline uint32_t rotate_right(uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

static void compress(uint32_t state[8], const uint8_t block[64]) {
  uint32_t w[64];
  for (int t = 0; t < 16; t++) {
    w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
           (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
  }
  for (int t = 16; t < 64; t++) {
    uint32_t x = w[t - 15], y = w[t - 2];
    uint32_t s0 = rotate_right(x, 7) ^ rotate_right(x, 18) ^ (x >> 3);
    uint32_t s1 = rotate_right(y, 17) ^ rotate_right(y, 19) ^ (y >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t++) {
    uint32_t big1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    uint32_t first = h + big1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
    uint32_t big0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    uint32_t second = big0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

// `bytes` is a multiple of 64 here, so the padding is always one block of its own.
static void sha256(uint32_t digest[8], const uint8_t* data, size_t bytes) {
  memcpy(digest, initial_state, sizeof initial_state);
  for (size_t at = 0; at < bytes; at += 64) compress(digest, data + at);
  uint8_t last[64] = {0x80};
  uint64_t bits = (uint64_t)bytes * 8;
  for (int i = 0; i < 8; i++) last[63 - i] = (uint8_t)(bits >> (8 * i));
  compress(digest, last);
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 1600);
  make_constants();
  uint32_t digest[8];
  sha256(digest, buffer, 0);
  if (digest[0] != 0xe3b0c442u || digest[7] != 0x7852b855u) {
    fprintf(stderr, "sha256: wrong digest of the empty message\n");
    return 1;
  }
  uint64_t seed = 7, sum = 0;
  for (int i = 0; i < kBufferBytes; i++) buffer[i] = (uint8_t)(next_random(&seed) >> 56);
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    sha256(digest, buffer, kBufferBytes);
    memcpy(buffer + 32 * (r % 100), digest, sizeof digest);
  }
  for (int i = 0; i < 8; i++) sum = mix(sum, digest[i]);
  kernel_end(begin, sum);
  return 0;
}
