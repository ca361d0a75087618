// A library that has each thing a package can have, for tests/sdk/bindgen.py.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHAPES_MOST 3
#define SHAPES_WIDE 0xffffffffffffffffull
enum shade { SHADE_DARK = -1, SHADE_LIGHT = 7 };

struct inner {
  uint8_t flag;
};
struct shape {
  int16_t x;
  double y;
  unsigned char name[4];
  int32_t numbers[2];
  struct inner in;
  const char* text;
  bool on;
  enum shade shade;
  int64_t big;
};
typedef struct counter counter_t;

// All fields doubled or turned round.
void shape_double(const struct shape* from, struct shape* to);
void shape_move(struct shape* shape, int16_t by);
counter_t* counter_new(int64_t start);
int counter_free(counter_t* counter);
int64_t counter_add(counter_t* counter, int8_t a, uint8_t b, int16_t c, uint16_t d, float e,
                    double f, uint64_t g);
int counter_split(const counter_t* counter, int32_t* high, uint32_t* low);
bool is_dark(enum shade shade, bool otherwise);
void swap(int32_t* a, int32_t* b);
char* join(const char* a, const char* b);
size_t reverse(char* bytes, size_t length);
int negative(int n);
const char* nothing(void);
const char* shapes_error(int code);
// Calls `visit` below for each from 0 to count.
int each(int32_t count);
int loop_back(int32_t depth);

// The host's.
int32_t visit(const char* text, int32_t number, bool is_last);
uint32_t load(const char* name, unsigned char* to, uint32_t* length, double* scale);
int32_t deeper(int32_t depth);
