/* Several results, of every kind of number and more of them than fit where few are kept. */
#include "program.h"

static wasm_trap_t* turn(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  for (size_t i = 0; i < 4; ++i) {
    CHECK(results->data[i].kind == args->data[3 - i].kind);
    wasm_val_copy(&results->data[i], &args->data[3 - i]);
  }
  return NULL;
}

static wasm_functype_t* turn_type(void) {
  wasm_valtype_t* forth[] = {wasm_valtype_new_i32(), wasm_valtype_new_i64(), wasm_valtype_new_f32(),
                             wasm_valtype_new_f64()};
  wasm_valtype_t* back[] = {wasm_valtype_new_f64(), wasm_valtype_new_f32(), wasm_valtype_new_i64(),
                            wasm_valtype_new_i32()};
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new(&params, 4, forth);
  wasm_valtype_vec_new(&results, 4, back);
  return wasm_functype_new(&params, &results);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  wasm_functype_t* type = turn_type();
  wasm_func_t* func = wasm_func_new(store, type, turn);
  wasm_functype_delete(type);
  wasm_extern_t* items[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  wasm_val_t args[] = {WASM_F64_VAL(1.5), WASM_F32_VAL(-0.25f), WASM_I64_VAL(-1234567890123),
                       WASM_I32_VAL(-7)};
  wasm_val_t turned[4];
  call(wasm_extern_as_func(exports.data[0]), args, 4, turned, 4);
  CHECK(turned[0].kind == WASM_F64 && turned[0].of.f64 == 1.5);
  CHECK(turned[1].kind == WASM_F32 && turned[1].of.f32 == -0.25f);
  CHECK(turned[2].kind == WASM_I64 && turned[2].of.i64 == -1234567890123);
  CHECK(turned[3].kind == WASM_I32 && turned[3].of.i32 == -7);

  wasm_val_t ten[10], reversed[10];
  for (int32_t i = 0; i < 10; ++i) ten[i] = (wasm_val_t)WASM_I32_VAL(i);
  call(wasm_extern_as_func(exports.data[1]), ten, 10, reversed, 10);
  for (int32_t i = 0; i < 10; ++i) CHECK(reversed[i].of.i32 == 9 - i);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
