// What every guest here shares: CHECK, which says where and what on failure and goes on, CASE,
// which runs a function that coverage.txt may name, and the status a program ends with. Guests
// include only this, calls.h and the C library.
#ifndef SKERRY_TESTS_WASI_CHECK_H
#define SKERRY_TESTS_WASI_CHECK_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

static int failures;

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      ++failures;                                                             \
    }                                                                         \
  } while (0)

// A call of the C library that must fail with this errno.
#define CHECK_FAILS(call, number)                                                             \
  do {                                                                                        \
    errno = 0;                                                                                \
    long result_ = (long)(call);                                                              \
    if (result_ != -1 || errno != (number)) {                                                 \
      fprintf(stderr, "%s:%d: %s gave %ld, errno %d (%s), expected %s\n", __FILE__, __LINE__, \
              #call, result_, errno, strerror(errno), #number);                               \
      ++failures;                                                                             \
    }                                                                                         \
  } while (0)

// A WASI function that must answer with this number.
#define CHECK_ERRNO(call, number)                                                                  \
  do {                                                                                             \
    int result_ = (int)(call);                                                                     \
    if (result_ != (number)) {                                                                     \
      fprintf(stderr, "%s:%d: %s gave %d (%s), expected %s\n", __FILE__, __LINE__, #call, result_, \
              strerror(result_), #number);                                                         \
      ++failures;                                                                                  \
    }                                                                                              \
  } while (0)

#define OK 0

// Runs a case, unless the runner has been told that this runtime does it differently.
static inline void run_case(const char* name, void (*function)(void)) {
  const char* skipped = getenv("SKIP_CASES");
  for (const char* at = skipped; at && *at;) {
    const size_t length = strcspn(at, ",");
    if (length == strlen(name) && memcmp(at, name, length) == 0) return;
    at += length + (at[length] == ',');
  }
  function();
}
#define CASE(function) run_case(#function, function)

static inline int finish(void) { return failures == 0 ? 0 : 1; }

#endif
