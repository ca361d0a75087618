/* Globals that host and module share, and one that holds an object of the host. */
#include "program.h"

static wasm_global_t* make(wasm_store_t* store, wasm_valtype_t* type, wasm_mutability_t mutability,
                           wasm_val_t value) {
  wasm_globaltype_t* global_type = wasm_globaltype_new(type, mutability);
  wasm_global_t* global = wasm_global_new(store, global_type, &value);
  wasm_globaltype_delete(global_type);
  CHECK(global);
  return global;
}

static void check_reference(wasm_store_t* store, wasm_global_t* global) {
  wasm_val_t value;
  wasm_global_get(global, &value);
  CHECK(value.kind == WASM_EXTERNREF && !value.of.ref);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  int mark = 0;
  wasm_foreign_set_host_info(foreign, &mark);
  wasm_val_t set = WASM_REF_VAL(wasm_foreign_as_ref(foreign));
  wasm_global_set(global, &set);
  wasm_foreign_delete(foreign);
  wasm_global_get(global, &value);
  CHECK(wasm_ref_get_host_info(value.of.ref) == &mark);
  CHECK(wasm_ref_as_foreign(value.of.ref) && !wasm_ref_as_func(value.of.ref));
  wasm_val_delete(&value);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  wasm_global_t* fixed =
      make(store, wasm_valtype_new_f64(), WASM_CONST, (wasm_val_t)WASM_F64_VAL(2.5));
  wasm_global_t* shared =
      make(store, wasm_valtype_new_i32(), WASM_VAR, (wasm_val_t)WASM_I32_VAL(5));
  wasm_extern_t* items[] = {wasm_global_as_extern(fixed), wasm_global_as_extern(shared)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  wasm_val_t value = WASM_INIT_VAL;
  call(wasm_extern_as_func(exports.data[1]), NULL, 0, &value, 1);
  CHECK(value.kind == WASM_F64 && value.of.f64 == 2.5);
  CHECK(call_i32(wasm_extern_as_func(exports.data[2]), 10, 0, 1) == 15);
  wasm_global_get(shared, &value);
  CHECK(value.kind == WASM_I32 && value.of.i32 == 15);
  value.of.i32 = 100;
  wasm_global_set(shared, &value);
  CHECK(call_i32(wasm_extern_as_func(exports.data[2]), 1, 0, 1) == 101);
  /* A constant stays, and so does a variable that is given another kind. */
  wasm_val_t other = WASM_F64_VAL(9);
  wasm_global_set(fixed, &other);
  wasm_global_set(shared, &other);
  wasm_global_get(fixed, &value);
  CHECK(value.of.f64 == 2.5);
  wasm_global_get(shared, &value);
  CHECK(value.of.i32 == 101);
  check_reference(store, wasm_extern_as_global(exports.data[0]));

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_global_delete(fixed);
  wasm_global_delete(shared);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
