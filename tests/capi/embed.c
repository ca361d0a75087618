/* skerry.h in one program: a module from text, a host function, a call without boxing, and a
 * program of WASI that ends itself. */
#include "skerry_program.h"

static skerry_error_t* twice(void* env, skerry_caller_t* caller, uint64_t* slots) {
  (void)caller;
  ++*(int*)env;
  slots[0] = (uint32_t)(2 * slots[0]);
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_byte_vec_t bytes = read_module(argv[1]);
  wasm_engine_t* engine = NULL;
  wasm_shared_module_t* module = NULL;
  wasm_store_t* store = NULL;
  need(skerry_engine_new(NULL, &engine));
  need(skerry_module_new(engine, "embed", bytes.data, bytes.size, &module));
  need(skerry_store_new(engine, NULL, &store));
  wasm_byte_vec_delete(&bytes);

  int calls = 0;
  skerry_linker_t* linker = skerry_linker_new(store);
  need(skerry_linker_define_func(linker, "env", "twice", "i:i", twice, &calls, NULL));
  need(skerry_linker_define_wasi(linker, skerry_wasi_new()));
  wasm_instance_t* instance = NULL;
  need(skerry_linker_instantiate(linker, module, &instance));

  skerry_func_t* func = NULL;
  need(skerry_instance_func(instance, "sum_of_twice", "ii:i", &func));
  uint64_t slots[2] = {20, 1};
  need(skerry_func_call(func, slots));
  CHECK((uint32_t)slots[0] == 42 && calls == 2);
  skerry_func_delete(func);

  need(skerry_instance_func(instance, "_start", "", &func));
  skerry_error_t* error = skerry_func_call(func, slots);
  uint32_t status = 0;
  CHECK(skerry_error_is_exit(error, &status) && status == 7);
  skerry_error_delete(error);

  skerry_func_delete(func);
  wasm_instance_delete(instance);
  skerry_linker_delete(linker);
  wasm_store_delete(store);
  wasm_shared_module_delete(module);
  wasm_engine_delete(engine);
  puts("done");
  return 0;
}
