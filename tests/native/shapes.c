/* A native library with one function for each shape that a manifest can describe. Built for the
 * tests of
 * --libraries; shapes.toml binds it. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#include <pthread.h>
#endif

/* Numbers. */
EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
EXPORT int64_t add_long(int64_t a, int64_t b) { return a + b; }
EXPORT double scale(double a, double b) { return a * b; }
EXPORT float half(float a) { return a / 2; }
EXPORT double mixed(int32_t a, double b, int64_t c, float d) { return a + b + (double)c + d; }
EXPORT int8_t negate_byte(int8_t a) { return (int8_t)-a; }
EXPORT uint16_t next_short(uint16_t a) { return (uint16_t)(a + 1); }
EXPORT uint8_t is_odd(int32_t a) { return a & 1; }
EXPORT size_t big_size(int32_t is_big) { return is_big ? (size_t)1 << 40 : 7; }
EXPORT long negate_long(long a) { return -a; }
static int32_t sum_of_calls;
EXPORT void count(int32_t a) { sum_of_calls += a; }
EXPORT int32_t counted(void) { return sum_of_calls; }
EXPORT int64_t sum9(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int64_t g,
                    double h, int8_t i) {
  return a + b + c + d + e + f + g + (int64_t)h + i;
}

/* Text. */
EXPORT int32_t text_length(const char* text) { return text ? (int32_t)strlen(text) : -1; }
EXPORT int32_t wide_sum(const uint16_t* text) {
  int32_t sum = 0;
  while (*text) sum += *text++;
  return sum;
}
EXPORT int32_t message_box(void* window, const uint16_t* text, const uint16_t* title,
                           uint32_t kind) {
  int32_t length = 0;
  while (text[length]) ++length;
  int32_t title_length = 0;
  while (title[title_length]) ++title_length;
  return window ? -1 : length * 100 + title_length * 10 + (int32_t)kind;
}
EXPORT const char* greeting(int32_t which) { return which ? "hello from the library" : NULL; }
static int32_t texts_freed;
EXPORT char* new_text(void) {
  char* const text = malloc(8);
  memcpy(text, "a copy", 7);
  return text;
}
EXPORT void free_text(char* text) {
  ++texts_freed;
  free(text);
}
EXPORT int32_t freed_texts(void) { return texts_freed; }
EXPORT const uint16_t* wide_greeting(void) {
  static const uint16_t text[] = {'G', 0xfc, 0xd83d, 0xde00, 0xd800, 0};
  return text;
}

/* Buffers. */
EXPORT int32_t sum_bytes(const uint8_t* bytes, size_t count) {
  int32_t sum = 0;
  for (size_t i = 0; i < count; ++i) sum += bytes[i];
  return sum;
}
EXPORT void fill(uint8_t* bytes, int32_t count, int32_t value) {
  memset(bytes, value, (size_t)count);
}
EXPORT int32_t fill_some(uint8_t* bytes, unsigned long* length) {
  if (*length < 4) return 1;
  memcpy(bytes, "data", 4);
  *length = 4;
  return 0;
}
EXPORT int64_t sum_longs(const int64_t* numbers, int32_t count) {
  int64_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += numbers[i];
  return sum;
}

/* Results by pointer. */
EXPORT void give_all(int32_t* a, int64_t* b, double* c, uint8_t* d) {
  *a = -5;
  *b = INT64_C(1) << 40;
  *c = 2.5;
  *d = 200;
}
EXPORT void double_it(int32_t* a) { *a *= 2; }
EXPORT int32_t maybe(int32_t* a) {
  if (!a) return 0;
  *a = 1;
  return 1;
}

/* Structs. */
struct inner {
  uint8_t tag;
  double value;
};
struct record {
  uint16_t kind;
  void* owner;
  long counter;
  struct inner items[2];
  char name[5];
  int64_t stamp;
};
EXPORT void describe(struct record* record) {
  memset(record, 0, sizeof *record);
  record->kind = 7;
  record->owner = NULL;
  record->counter = -3;
  record->items[0].tag = 1;
  record->items[0].value = 0.5;
  record->items[1].tag = 2;
  record->items[1].value = 1.5;
  memcpy(record->name, "abcd", 5);
  record->stamp = INT64_C(0x1122334455667788);
}
EXPORT double weigh(const struct record* record) {
  return record->kind + (double)record->counter + record->items[0].value + record->items[1].value +
         record->name[1] + (double)record->stamp + (record->owner ? 1000 : 0);
}

/* Handles. */
struct counter {
  int32_t value;
};
static int32_t live_counters;
EXPORT struct counter* counter_new(int32_t start) {
  if (start < 0) return NULL;
  struct counter* const counter = malloc(sizeof *counter);
  counter->value = start;
  ++live_counters;
  return counter;
}
EXPORT int32_t counter_open(int32_t start, struct counter** out) {
  *out = counter_new(start);
  return *out ? 0 : 1;
}
EXPORT int32_t counter_next(struct counter* counter) { return ++counter->value; }
EXPORT struct counter* counter_self(struct counter* counter) { return counter; }
EXPORT void counter_free(struct counter* counter) {
  --live_counters;
  free(counter);
}
EXPORT int32_t counters(void) { return live_counters; }
EXPORT void* gadget(void) { return &live_counters; }
EXPORT void* no_gadget(void) { return (void*)(intptr_t)-1; }

/* Callbacks. */
typedef int32_t (*mapper)(void* context, int32_t value);
EXPORT int32_t map_sum(const int32_t* values, int32_t count, mapper map, void* context) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += map(context, values[i]);
  return sum;
}
static mapper kept;
EXPORT int32_t keep(mapper map) {
  kept = map;
  return map ? map(NULL, 1) : 0;
}
EXPORT int32_t call_kept(int32_t value) { return kept ? kept(NULL, value) : -1; }
typedef int32_t (*comparer)(const void* a, const void* b);
EXPORT void sort_ints(int32_t* values, int32_t count, comparer compare) {
  for (int32_t i = 1; i < count; ++i)
    for (int32_t j = i; j > 0 && compare(values + j - 1, values + j) > 0; --j) {
      const int32_t other = values[j];
      values[j] = values[j - 1];
      values[j - 1] = other;
    }
}
typedef int32_t (*line_reader)(void* context, int32_t count, char** lines, const char* title);
EXPORT int32_t read_lines(line_reader read, void* context) {
  char* lines[] = {"one", NULL, "three"};
  return read(context, 3, lines, "title");
}
typedef double (*all_kinds)(int8_t a, float b, int64_t c, double d, uint16_t e);
EXPORT double call_all_kinds(all_kinds call) {
  return call(-1, 0.5f, INT64_C(1) << 33, 0.25, 65535);
}
EXPORT int32_t stranger(comparer compare) {
  int32_t here = 0;
  return compare(&here, &here);
}

static int32_t thread_answer;
#ifdef _WIN32
static DWORD WINAPI on_thread(void* map) {
  thread_answer = ((mapper)map)(NULL, 5);
  return 0;
}
EXPORT int32_t call_on_thread(mapper map) {
  const HANDLE thread = CreateThread(NULL, 0, on_thread, (void*)map, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  return thread_answer;
}
#else
static void* on_thread(void* map) {
  thread_answer = ((mapper)(uintptr_t)map)(NULL, 5);
  return NULL;
}
EXPORT int32_t call_on_thread(mapper map) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, on_thread, (void*)(uintptr_t)map) != 0) return -1;
  pthread_join(thread, NULL);
  return thread_answer;
}
#endif

/* Errors. */
EXPORT int32_t fail_with(int32_t code) {
  errno = code;
#ifdef _WIN32
  SetLastError((DWORD)code);
#endif
  return code ? -1 : 0;
}
EXPORT const void* not_there(void) { return NULL; }
EXPORT double no_parameters(void) { return 1.25; }
EXPORT double sum4(double a, double b, double c, double d) { return a + b + c + d; }
EXPORT uint64_t wide(uint32_t a, uint64_t b) { return a + b; }
EXPORT int32_t sum6(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}
