// The library of row `bound` of suite `calls`: a function of two ints, bound by ints.toml.
#include <stdint.h>

int32_t add(int32_t a, int32_t b);
int32_t add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
