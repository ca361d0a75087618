/* A table that host and module write to, with funcs of both. */
#include "program.h"

static wasm_trap_t* negate(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  results->data[0].of.i32 = -args->data[0].of.i32;
  return NULL;
}

static void check_trap(const wasm_func_t* func, int32_t argument, int32_t index,
                       const char* message) {
  wasm_val_t args[] = {WASM_I32_VAL(argument), WASM_I32_VAL(index)};
  wasm_val_t room[1] = {WASM_INIT_VAL};
  wasm_val_vec_t given = WASM_ARRAY_VEC(args), results = WASM_ARRAY_VEC(room);
  check_message(wasm_func_call(func, &given, &results), message);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_table_t* table = wasm_extern_as_table(exports.data[0]);
  wasm_func_t* twice = wasm_extern_as_func(exports.data[1]);
  wasm_func_t* run = wasm_extern_as_func(exports.data[2]);

  CHECK(wasm_table_size(table) == 2);
  wasm_ref_t* element = wasm_table_get(table, 0);
  CHECK(element && wasm_func_same(wasm_ref_as_func(element), twice));
  wasm_ref_delete(element);
  CHECK(!wasm_table_get(table, 1) && !wasm_table_get(table, 2));
  CHECK(call_i32(run, 21, 0, 2) == 42);
  check_trap(run, 1, 2, "undefined element");

  wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new(store, type, negate);
  wasm_functype_delete(type);
  CHECK(wasm_table_set(table, 1, wasm_func_as_ref(func)));
  CHECK(!wasm_table_set(table, 2, NULL));
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  CHECK(!wasm_table_set(table, 1, wasm_foreign_as_ref(foreign)));
  wasm_foreign_delete(foreign);
  CHECK(call_i32(run, 21, 1, 2) == -21);
  CHECK(wasm_table_set(table, 0, NULL));
  check_trap(run, 1, 0, "uninitialized element");

  CHECK(wasm_table_grow(table, 3, wasm_func_as_ref(func)));
  CHECK(wasm_table_size(table) == 5 && call_i32(run, 1, 4, 2) == -1);
  CHECK(!wasm_table_grow(table, 2, NULL) && wasm_table_grow(table, 1, NULL));
  wasm_func_delete(func);
  CHECK(call_i32(run, 3, 4, 2) == -3);

  const wasm_limits_t limits = {1, wasm_limits_max_default};
  wasm_tabletype_t* own_type = wasm_tabletype_new(wasm_valtype_new_externref(), &limits);
  wasm_table_t* own = wasm_table_new(store, own_type, wasm_instance_as_ref(instance));
  wasm_tabletype_delete(own_type);
  element = wasm_table_get(own, 0);
  CHECK(wasm_instance_same(wasm_ref_as_instance(element), instance));
  wasm_ref_delete(element);
  wasm_table_delete(own);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
