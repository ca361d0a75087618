/* What the C programs here have in common: each takes the file of its module, and ends with status
 * 0 if all of its checks held. Not here: anything that hides how the interface is used. */
#ifndef SKERRY_TESTS_CAPI_PROGRAM_H
#define SKERRY_TESTS_CAPI_PROGRAM_H

#include <stdio.h>
#include <stdlib.h>

#include "wasm.h"

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

static inline wasm_byte_vec_t read_module(const char* path) {
  FILE* const file = fopen(path, "rb");
  CHECK(file);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new_uninitialized(&bytes, 1 << 16);
  bytes.size = fread(bytes.data, 1, bytes.size, file);
  fclose(file);
  return bytes;
}

static inline wasm_module_t* load_module(wasm_store_t* store, const char* path) {
  wasm_byte_vec_t bytes = read_module(path);
  CHECK(wasm_module_validate(store, &bytes));
  wasm_module_t* const module = wasm_module_new(store, &bytes);
  CHECK(module);
  wasm_byte_vec_delete(&bytes);
  return module;
}

/* Of a call that must not trap. */
static inline void call(const wasm_func_t* func, wasm_val_t* args, size_t arg_count,
                        wasm_val_t* results, size_t result_count) {
  const wasm_val_vec_t given = {arg_count, args};
  wasm_val_vec_t taken = {result_count, results};
  wasm_trap_t* const trap = wasm_func_call(func, &given, &taken);
  if (!trap) return;
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  fprintf(stderr, "trap: %s\n", message.data);
  exit(1);
}

static inline int32_t call_i32(const wasm_func_t* func, int32_t a, int32_t b, size_t arg_count) {
  wasm_val_t args[] = {WASM_I32_VAL(a), WASM_I32_VAL(b)};
  wasm_val_t result = WASM_INIT_VAL;
  call(func, args, arg_count, &result, 1);
  CHECK(result.kind == WASM_I32);
  return result.of.i32;
}

/* Deletes the trap. */
static inline void check_message(wasm_trap_t* trap, const char* wanted) {
  CHECK(trap);
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size == strlen(wanted) + 1);
  CHECK(strcmp(message.data, wanted) == 0);
  wasm_byte_vec_delete(&message);
  wasm_trap_delete(trap);
}

#endif
