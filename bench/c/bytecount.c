// Occurrences of a byte in a text, and of line ends, by plain loops over bytes.
#include "kernel.h"

enum { kLength = 1 << 16 };

static uint8_t text[kLength];

__attribute__((noinline)) static uint32_t count(const uint8_t* from, uint32_t length,
                                                uint8_t byte) {
  uint32_t found = 0;
  for (uint32_t i = 0; i < length; i++) found += from[i] == byte;
  return found;
}

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 30000);
  uint64_t seed = 11;
  for (int i = 0; i < kLength; i++) text[i] = (uint8_t)next_random(&seed);
  uint64_t sum = 0;
  uint64_t begin = kernel_begin();
  for (int r = 0; r < repeats; r++) {
    uint32_t first = (uint32_t)r % 64;
    sum = mix(sum, count(text + first, kLength - first, (uint8_t)r));
    sum = mix(sum, count(text, kLength / 2 + first, '\n'));
    text[(uint32_t)sum % kLength] = (uint8_t)r;
  }
  kernel_end(begin, sum);
  return 0;
}
