/* Callbacks with arguments, results and an environment, which is finalized with the store. */
#include "program.h"

static wasm_trap_t* square(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 1 && args->data[0].kind == WASM_I32);
  CHECK(results->size == 1 && results->data[0].kind == WASM_I32);
  results->data[0].of.i32 = args->data[0].of.i32 * args->data[0].of.i32;
  return NULL;
}

static wasm_trap_t* next(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->size == 0);
  results->data[0].of.i32 = ++*(int32_t*)env;
  return NULL;
}

static void finish(void* env) { *(int32_t*)env = -1; }

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);

  int32_t counter = 10;
  wasm_functype_t* square_type =
      wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_functype_t* next_type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* square_func = wasm_func_new(store, square_type, square);
  wasm_func_t* next_func = wasm_func_new_with_env(store, next_type, next, &counter, finish);
  wasm_functype_delete(square_type);
  wasm_functype_delete(next_type);

  wasm_extern_t* items[] = {wasm_func_as_extern(square_func), wasm_func_as_extern(next_func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  /* The instance goes on without these handles. */
  wasm_func_delete(square_func);
  wasm_func_delete(next_func);
  wasm_module_delete(module);

  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_func_t* run = wasm_extern_as_func(exports.data[0]);
  CHECK(wasm_func_param_arity(run) == 1 && wasm_func_result_arity(run) == 1);
  CHECK(call_i32(run, 7, 0, 1) == 49 + 11);
  CHECK(call_i32(run, -2, 0, 1) == 4 + 12);

  wasm_instance_delete(instance);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  CHECK(call_i32(run, 0, 0, 1) == 13);
  CHECK(counter == 13);
  wasm_extern_vec_delete(&exports);
  CHECK(counter == -1);
  return 0;
}
