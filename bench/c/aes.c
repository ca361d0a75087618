// AES-128 in counter mode with four 1 KiB round tables: table look-ups, shifts and exclusive ors.
// Tables and key schedule are computed at start; the FIPS-197 example vector is checked first.
#include "kernel.h"

enum { kRounds = 10, kBufferBytes = 1 << 16 };

static uint8_t sbox[256];
static uint32_t table[4][256];
static uint32_t round_keys[4 * (kRounds + 1)];
static uint8_t buffer[kBufferBytes];

static uint8_t times_two(uint8_t x) { return (uint8_t)((x << 1) ^ (x & 0x80 ? 0x1b : 0)); }

static void make_tables(void) {
  // 3 generates the field's multiplicative group: walk p = 3^n and q = 3^-n together.
  uint8_t p = 1, q = 1;
  do {
    p ^= times_two(p);
    q ^= (uint8_t)(q << 1);
    q ^= (uint8_t)(q << 2);
    q ^= (uint8_t)(q << 4);
    if (q & 0x80) q ^= 0x09;
    uint8_t s = q;
    for (int turn = 1; turn <= 4; turn++) s ^= (uint8_t)(q << turn | q >> (8 - turn));
    sbox[p] = s ^ 0x63;
  } while (p != 1);
  sbox[0] = 0x63;
  for (int i = 0; i < 256; i++) {
    uint8_t s = sbox[i], s2 = times_two(s);
    uint32_t column = (uint32_t)s2 << 24 | (uint32_t)s << 16 | (uint32_t)s << 8 | (uint8_t)(s2 ^ s);
    for (int t = 0; t < 4; t++) {
      table[t][i] = column;
      column = column >> 8 | column << 24;
    }
  }
}

static uint32_t load_big_endian(const uint8_t* at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t substitute_word(uint32_t w) {
  return (uint32_t)sbox[w >> 24] << 24 | (uint32_t)sbox[w >> 16 & 255] << 16 |
         (uint32_t)sbox[w >> 8 & 255] << 8 | sbox[w & 255];
}

static void expand_key(const uint8_t key[16]) {
  uint8_t round_constant = 1;
  for (int i = 0; i < 4; i++) round_keys[i] = load_big_endian(key + 4 * i);
  for (int i = 4; i < 4 * (kRounds + 1); i++) {
    uint32_t w = round_keys[i - 1];
    if (i % 4 == 0) {
      w = substitute_word(w << 8 | w >> 24) ^ (uint32_t)round_constant << 24;
      round_constant = times_two(round_constant);
    }
    round_keys[i] = round_keys[i - 4] ^ w;
  }
}

static void encrypt(uint32_t out[4], const uint32_t in[4]) {
  const uint32_t* key = round_keys;
  uint32_t s[4], t[4];
  for (int i = 0; i < 4; i++) s[i] = in[i] ^ key[i];
  for (int round = 1; round < kRounds; round++) {
    key += 4;
    for (int i = 0; i < 4; i++) {
      t[i] = table[0][s[i] >> 24] ^ table[1][s[(i + 1) & 3] >> 16 & 255] ^
             table[2][s[(i + 2) & 3] >> 8 & 255] ^ table[3][s[(i + 3) & 3] & 255] ^ key[i];
    }
    memcpy(s, t, sizeof s);
  }
  key += 4;
  for (int i = 0; i < 4; i++) {
    uint32_t gathered = (s[i] & 0xff000000u) | (s[(i + 1) & 3] & 0xff0000u) |
                        (s[(i + 2) & 3] & 0xff00u) | (s[(i + 3) & 3] & 0xffu);
    out[i] = substitute_word(gathered) ^ key[i];
  }
}

static void crypt_counter_mode(uint32_t counter[4]) {
  for (size_t at = 0; at < kBufferBytes; at += 16) {
    uint32_t stream[4], data[4];
    encrypt(stream, counter);
    counter[3]++;
    memcpy(data, buffer + at, 16);
    for (int i = 0; i < 4; i++) data[i] ^= stream[i];
    memcpy(buffer + at, data, 16);
  }
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 1700);
  uint8_t key[16];
  uint32_t text[4] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff}, out[4];
  for (int i = 0; i < 16; i++) key[i] = (uint8_t)i;
  make_tables();
  expand_key(key);
  encrypt(out, text);
  if (out[0] != 0x69c4e0d8u || out[3] != 0x70b4c55au) {  // FIPS-197, appendix C.1
    fprintf(stderr, "aes: wrong cipher text\n");
    return 1;
  }
  uint64_t seed = 9, sum = 0;
  for (int i = 0; i < kBufferBytes; i++) buffer[i] = (uint8_t)(next_random(&seed) >> 56);
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) crypt_counter_mode(out);
  for (int i = 0; i < kBufferBytes; i++) sum = mix(sum, buffer[i]);
  kernel_end(begin, sum);
  return 0;
}
