// The guest of both programs: a library in C that reads a file, prints, calls its host, and does
// what a host has to be ready for. run.py compiles it; nothing in it knows which engine runs it.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXPORT(name) __attribute__((export_name(name)))

// The host's: what a piece of fruit costs.
__attribute__((import_module("env"), import_name("price"))) double price(const char* name,
                                                                         uint32_t length);

EXPORT("add") int32_t add(int32_t a, int32_t b) { return a + b; }

// The lines of a file of the host's, which it also prints; -1 if there is none.
EXPORT("load") int32_t load(void) {
  FILE* file = fopen("/data/fruit.txt", "r");
  if (file == NULL) return -1;
  char line[80];
  int32_t count = 0;
  for (; fgets(line, sizeof line, file) != NULL; count++) printf("guest: %s", line);
  fclose(file);
  const char* shop = getenv("SHOP");
  printf("guest: the shop is %s\n", shop != NULL ? shop : "not known");
  fflush(stdout);
  return count;
}

// The sum of the prices of the words of a text.
EXPORT("total") double total(const char* text, uint32_t length) {
  double sum = 0;
  for (uint32_t at = 0; at < length;) {
    uint32_t end = at;
    while (end < length && text[end] != ' ') end++;
    if (end > at) sum += price(text + at, end - at);
    at = end + 1;
  }
  return sum;
}

EXPORT("is_upper") int32_t is_upper(const char* text, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    if (text[i] >= 'a' && text[i] <= 'z') return 0;
  }
  return 1;
}

EXPORT("divide") int32_t divide(int32_t a, int32_t b) { return a / b; }

EXPORT("spin") void spin(void) {
  for (volatile int again = 1; again;) continue;
}

EXPORT("quit") void quit(int32_t status) { exit(status); }

// What follows is for differences_test.go.

static volatile int32_t initialized;
__attribute__((constructor)) static void initialize(void) { initialized = 1; }
EXPORT("is_initialized") int32_t is_initialized(void) { return initialized; }

static int64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

EXPORT("date") int64_t date(void) { return nanoseconds(CLOCK_REALTIME); }

// How long a nap of 20 ms takes.
EXPORT("nap") int64_t nap(void) {
  int64_t before = nanoseconds(CLOCK_MONOTONIC);
  nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  return nanoseconds(CLOCK_MONOTONIC) - before;
}

EXPORT("random") int64_t random_number(void) {
  int64_t number = 0;
  return getentropy(&number, sizeof number) == 0 ? number : 0;
}

// How long a file is; -1 if it cannot be opened.
EXPORT("file_size") int32_t file_size(const char* path) {
  FILE* file = fopen(path, "r");
  if (file == NULL) return -1;
  int32_t size = 0;
  while (getc(file) != EOF) size++;
  fclose(file);
  return size;
}

EXPORT("grow") int32_t grow(int32_t pages) { return (int32_t)__builtin_wasm_memory_grow(0, pages); }

EXPORT("first_byte") int32_t first_byte(const uint8_t* bytes) { return bytes[0]; }
