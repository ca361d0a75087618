// What the Go programs of this folder call, natively by cgo and as a module: see bench/README.md.
#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name)))
__attribute__((import_module("env"), import_name("inc"))) int32_t inc(int32_t);
#else
#define EXPORT(name)
int32_t inc(int32_t);
#endif

EXPORT("add") int32_t add(int32_t a, int32_t b) { return a + b; }

// `count` calls of a function of the host's.
EXPORT("loop") int32_t loop(int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += inc(i);
  return sum;
}

static uint8_t buffer[1024];
EXPORT("buffer_address") uint8_t* buffer_address(void) { return buffer; }

EXPORT("sum") uint32_t sum(const uint8_t* bytes, uint32_t count) {
  uint32_t total = 0;
  for (uint32_t i = 0; i < count; ++i) total += bytes[i];
  return total;
}

EXPORT("forever") void forever(void) {
  for (volatile int again = 1; again;) continue;
}
