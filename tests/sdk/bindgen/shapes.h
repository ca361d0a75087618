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
struct pair {
  int32_t a;
  double b;
};
struct degrees {
  double celsius;
};

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

// Functions of the caller's. `last` of them is called again, when it should not be.
typedef int (*each_number)(void* user, int32_t number, const char* text);
int for_each(int32_t count, each_number call, void* user);
int call_last(int32_t number);
void sort(int32_t* numbers, size_t count, int (*compare)(const int32_t* a, const int32_t* b));
int rows(counter_t* counter,
         int (*row)(int count, char** values, const uint16_t* lengths, counter_t** counters,
                    const struct pair* pairs, float, struct degrees warm, int64_t* sum));
// Kept until it is released, together with another; or for ever.
int watch(int (*changed)(void* user, struct shape* shape, struct pair pair),
          struct degrees (*measure)(void* user), void* user, void (*release)(void* user));
double change(int16_t x);
void unwatch(void);
void set_logger(struct pair (*logger)(const char* text, bool is_error));
int32_t log_text(const char* text);

// Structs by value, and slices.
struct pair pair_add(struct pair pair, struct degrees degrees, struct pair other);
struct degrees warmer(struct degrees from, float by);
int64_t dot(const int32_t* a, const int32_t* b, size_t count);
int64_t sum(const int32_t* numbers, size_t count);
void scale(double* values, size_t count, double by);
int evens(const uint16_t* from, unsigned long long count, uint16_t* to, uint32_t* room);
char* join_all(char* const* texts, int count);
int64_t total(counter_t* const* counters, size_t count);
int pairs_turn(struct pair* pairs, size_t count);
size_t pairs_make(struct pair* pairs, size_t room);
double pairs_sum(const struct pair* pairs, size_t count);

// The host's.
struct pair offset(const struct shape* shape, struct degrees degrees, const int16_t* numbers,
                   size_t count, struct shape* moved);
int32_t visit(const char* text, int32_t number, bool is_last);
uint32_t load(const char* name, unsigned char* to, uint32_t* length, double* scale);
int32_t deeper(int32_t depth);
