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
