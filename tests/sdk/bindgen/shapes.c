#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counter {
  int64_t value;
};

void shape_double(const struct shape* from, struct shape* to) {
  *to = *from;
  to->x *= 2;
  to->y *= 2;
  for (int i = 0; i < 4; ++i) to->name[i] = from->name[3 - i];
  for (int i = 0; i < 2; ++i) to->numbers[i] *= 2;
  to->in.flag += 1;
  to->text = "text";
  to->on = !from->on;
  to->shade = from->shade == SHADE_DARK ? SHADE_LIGHT : SHADE_DARK;
  to->big *= 2;
}
void shape_move(struct shape* shape, int16_t by) { shape->x += by; }
counter_t* counter_new(int64_t start) {
  if (start < 0) return NULL;
  counter_t* const counter = malloc(sizeof *counter);
  counter->value = start;
  return counter;
}
int counter_free(counter_t* counter) {
  if (counter->value == 13) return 13;
  free(counter);
  return 0;
}
int64_t counter_add(counter_t* counter, int8_t a, uint8_t b, int16_t c, uint16_t d, float e,
                    double f, uint64_t g) {
  counter->value += a + b + c + d + (int64_t)e + (int64_t)f + (int64_t)g;
  return counter->value;
}
int counter_split(const counter_t* counter, int32_t* high, uint32_t* low) {
  if (!counter) return 2;
  *high = (int32_t)(counter->value >> 32);
  *low = (uint32_t)counter->value;
  return 0;
}
bool is_dark(enum shade shade, bool otherwise) { return shade == SHADE_DARK || otherwise; }
void swap(int32_t* a, int32_t* b) {
  const int32_t c = *a;
  *a = *b;
  *b = c;
}
char* join(const char* a, const char* b) {
  char* const text = malloc(strlen(a) + strlen(b) + 1);
  strcpy(text, a);
  return strcat(text, b);
}
size_t reverse(char* bytes, size_t length) {
  for (size_t i = 0; i < length / 2; ++i) {
    const char c = bytes[i];
    bytes[i] = bytes[length - 1 - i];
    bytes[length - 1 - i] = c;
  }
  return length;
}
int negative(int n) { return -n; }
const char* nothing(void) { return NULL; }
const char* shapes_error(int code) { return code == 13 ? "unlucky" : "other"; }
int each(int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) {
    char text[20];
    snprintf(text, sizeof text, "number %d", (int)i);
    sum += visit(text, i, i == count - 1);
  }
  unsigned char bytes[8] = {0};
  uint32_t length = sizeof bytes;
  double scale = 0;
  const uint32_t status = load("bytes", bytes, &length, &scale);
  for (uint32_t i = 0; i < length; ++i) sum += bytes[i];
  return sum + (int)scale + (int)status;
}
int loop_back(int32_t depth) { return depth == 0 ? 0 : 1 + deeper(depth - 1); }

static each_number last;
int for_each(int32_t count, each_number call, void* user) {
  if (call) last = call;
  for (int32_t i = 0; i < count; ++i) {
    char text[20];
    snprintf(text, sizeof text, "%d", (int)i);
    const int stop = call ? call(user, i, text) : 0;
    if (stop) return stop;
  }
  return 0;
}
int call_last(int32_t number) { return last(NULL, number, "last"); }
static int (*compared)(const int32_t*, const int32_t*);
static int compare_them(const void* a, const void* b) { return compared(a, b); }
void sort(int32_t* numbers, size_t count, int (*compare)(const int32_t* a, const int32_t* b)) {
  compared = compare;
  qsort(numbers, count, sizeof *numbers, compare_them);
}
int rows(counter_t* counter,
         int (*row)(int count, char** values, const uint16_t* lengths, counter_t** counters,
                    const struct pair* pairs, float, struct degrees warm, int64_t* sum)) {
  char* values[] = {"one", NULL, "three"};
  const uint16_t lengths[] = {3, 0, 5};
  counter_t* counters[] = {counter, NULL, counter};
  const struct pair pairs[] = {{1, 1.5}, {2, 2.5}, {3, 3.5}};
  const struct degrees warm = {21.5};
  int64_t sum = 0;
  int result = 0;
  for (int count = 0; count <= 3; ++count)
    result += row(count, values, lengths, counters, pairs, 0.5f, warm, &sum);
  return result + (int)sum;
}

static int (*when_changed)(void*, struct shape*, struct pair);
static struct degrees (*how_warm)(void*);
static void* watcher;
static void (*release_watcher)(void*);
int watch(int (*changed)(void* user, struct shape* shape, struct pair pair),
          struct degrees (*measure)(void* user), void* user, void (*release)(void* user)) {
  unwatch();
  when_changed = changed;
  how_warm = measure;
  watcher = user;
  release_watcher = release;
  return changed ? 0 : 13;
}
double change(int16_t x) {
  struct shape shape = {.x = x};
  const struct pair pair = {x, 2};
  const int result = when_changed(watcher, &shape, pair);
  return shape.y + result + (how_warm ? how_warm(watcher).celsius : 0);
}
void unwatch(void) {
  if (release_watcher) release_watcher(watcher);
  release_watcher = NULL;
}
static struct pair (*logs)(const char*, bool);
void set_logger(struct pair (*logger)(const char* text, bool is_error)) { logs = logger; }
int32_t log_text(const char* text) {
  const struct pair pair = logs(text, strlen(text) > 3);
  return pair.a + (int32_t)pair.b;
}

struct pair pair_add(struct pair pair, struct degrees degrees, struct pair other) {
  return (struct pair){pair.a + other.a, pair.b + other.b + degrees.celsius};
}
struct degrees warmer(struct degrees from, float by) {
  return (struct degrees){from.celsius + (double)by};
}
int64_t dot(const int32_t* a, const int32_t* b, size_t count) {
  int64_t made = 0;
  for (size_t i = 0; i < count; ++i) made += (int64_t)a[i] * b[i];
  return made;
}
int64_t sum(const int32_t* numbers, size_t count) {
  int64_t made = 0;
  for (size_t i = 0; i < count; ++i) made += numbers[i];
  return made;
}
void scale(double* values, size_t count, double by) {
  for (size_t i = 0; i < count; ++i) values[i] *= by;
}
int evens(const uint16_t* from, unsigned long long count, uint16_t* to, uint32_t* room) {
  uint32_t used = 0;
  for (unsigned long long i = 0; i < count; ++i)
    if (from[i] % 2 == 0) {
      if (used == *room) return 1;
      to[used++] = from[i];
    }
  *room = used;
  return 0;
}
char* join_all(char* const* texts, int count) {
  size_t length = 1;
  for (int i = 0; i < count; ++i) length += strlen(texts[i]);
  char* const made = malloc(length);
  made[0] = 0;
  for (int i = 0; i < count; ++i) strcat(made, texts[i]);
  return made;
}
int64_t total(counter_t* const* counters, size_t count) {
  int64_t made = 0;
  for (size_t i = 0; i < count; ++i) made += counters[i] ? counters[i]->value : -1;
  return made;
}
int pairs_turn(struct pair* pairs, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const struct pair old = pairs[i];
    pairs[i] = (struct pair){(int32_t)old.b, old.a};
  }
  const struct shape shape = {.x = 5, .y = 6};
  const struct degrees degrees = {7};
  const int16_t numbers[] = {-1, -2};
  struct shape moved = {0};
  const struct pair pair = offset(&shape, degrees, numbers, 2, &moved);
  return pair.a + (int)pair.b + moved.x + (int)moved.y;
}
size_t pairs_make(struct pair* pairs, size_t room) {
  size_t i = 0;
  for (; i < room && i < 3; ++i) pairs[i] = (struct pair){(int32_t)i, (double)i / 2};
  return i;
}
double pairs_sum(const struct pair* pairs, size_t count) {
  double made = 0;
  for (size_t i = 0; i < count; ++i) made += pairs[i].a + pairs[i].b;
  return made;
}
