// ChaCha20 (RFC 8439) key stream, exclusive-ored over a buffer.
#include "kernel.h"

enum { kBufferBytes = 1 << 16 };

static uint32_t buffer[kBufferBytes / 4];

static inline uint32_t rotate_left(uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }

#define QUARTER_ROUND(a, b, c, d)       \
  do {                                  \
    a += b, d = rotate_left(d ^ a, 16); \
    c += d, b = rotate_left(b ^ c, 12); \
    a += b, d = rotate_left(d ^ a, 8);  \
    c += d, b = rotate_left(b ^ c, 7);  \
  } while (0)

static void key_stream_block(uint32_t out[16], const uint32_t in[16]) {
  uint32_t x[16];
  memcpy(x, in, sizeof x);
  for (int pair = 0; pair < 10; pair++) {
    QUARTER_ROUND(x[0], x[4], x[8], x[12]);
    QUARTER_ROUND(x[1], x[5], x[9], x[13]);
    QUARTER_ROUND(x[2], x[6], x[10], x[14]);
    QUARTER_ROUND(x[3], x[7], x[11], x[15]);
    QUARTER_ROUND(x[0], x[5], x[10], x[15]);
    QUARTER_ROUND(x[1], x[6], x[11], x[12]);
    QUARTER_ROUND(x[2], x[7], x[8], x[13]);
    QUARTER_ROUND(x[3], x[4], x[9], x[14]);
  }
  for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

static void crypt(uint32_t state[16]) {
  for (size_t at = 0; at < kBufferBytes / 4; at += 16) {
    uint32_t stream[16];
    key_stream_block(stream, state);
    state[12]++;
    for (int i = 0; i < 16; i++) buffer[at + i] ^= stream[i];
  }
}

static void set_up(uint32_t state[16], const uint32_t key[8], uint32_t counter,
                   const uint32_t nonce[3]) {
  memcpy(state, "expand 32-byte k", 16);
  memcpy(state + 4, key, 32);
  state[12] = counter;
  memcpy(state + 13, nonce, 12);
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 3200);
  uint32_t state[16], block[16], nonce[3] = {0x09000000, 0x4a000000, 0};
  uint8_t key[32];
  for (int i = 0; i < 32; i++) key[i] = (uint8_t)i;
  set_up(state, (const uint32_t*)(const void*)key, 1, nonce);
  key_stream_block(block, state);
  if (block[0] != 0xe4e7f110u || block[15] != 0x4e3c50a2u) {  // RFC 8439, 2.3.2
    fprintf(stderr, "chacha20: wrong key stream\n");
    return 1;
  }
  uint64_t seed = 8, sum = 0;
  for (int i = 0; i < kBufferBytes / 4; i++) buffer[i] = (uint32_t)next_random(&seed);
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) crypt(state);
  for (int i = 0; i < kBufferBytes / 4; i++) sum = mix(sum, buffer[i]);
  kernel_end(begin, sum);
  return 0;
}
