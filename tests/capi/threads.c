/* One module, shared; each thread has a store of its own. */
#include <pthread.h>

#include "program.h"

enum { kThreads = 6, kRounds = 5 };

typedef struct {
  wasm_engine_t* engine;
  const wasm_shared_module_t* module;
  int32_t number, reported;
} task_t;

static wasm_trap_t* report(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  ((task_t*)env)->reported = args->data[0].of.i32;
  return NULL;
}

static void run_once(wasm_store_t* store, wasm_module_t* module, task_t* task) {
  wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  wasm_val_t number = WASM_I32_VAL(task->number);
  wasm_global_t* global = wasm_global_new(store, global_type, &number);
  wasm_globaltype_delete(global_type);
  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(store, type, report, task, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* items[] = {wasm_global_as_extern(global), wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  call(wasm_extern_as_func(exports.data[0]), NULL, 0, NULL, 0);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_global_delete(global);
}

static void* run(void* of) {
  task_t* task = of;
  for (int i = 0; i < kRounds; ++i) {
    wasm_store_t* store = wasm_store_new(task->engine);
    wasm_module_t* module = wasm_module_obtain(store, task->module);
    CHECK(module);
    run_once(store, module, task);
    wasm_module_delete(module);
    wasm_store_delete(store);
  }
  return NULL;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  static const int32_t kFib[] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610};
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  wasm_shared_module_t* shared = wasm_module_share(module);
  CHECK(shared);
  wasm_module_delete(module);
  wasm_store_delete(store);

  pthread_t threads[kThreads];
  task_t tasks[kThreads];
  for (int i = 0; i < kThreads; ++i) {
    tasks[i] = (task_t){engine, shared, 10 + i, -1};
    CHECK(pthread_create(&threads[i], NULL, run, &tasks[i]) == 0);
  }
  for (int i = 0; i < kThreads; ++i) {
    pthread_join(threads[i], NULL);
    CHECK(tasks[i].reported == kFib[10 + i]);
  }
  wasm_shared_module_delete(shared);
  wasm_engine_delete(engine);
  return 0;
}
