/* What the programs of skerry.h here have in common besides program.h. */
#ifndef SKERRY_TESTS_CAPI_SKERRY_PROGRAM_H
#define SKERRY_TESTS_CAPI_SKERRY_PROGRAM_H

#include <stdbool.h>

#include "program.h"
#include "skerry.h"

/* Ends the program if there is an error. */
static inline void need(skerry_error_t* error) {
  if (!error) return;
  fprintf(stderr, "%s: %s\n", skerry_error_name(error), skerry_error_message(error));
  exit(1);
}

/* Whether there is an error, which is deleted. */
static inline bool failed(skerry_error_t* error) {
  skerry_error_delete(error);
  return error != NULL;
}

#endif
