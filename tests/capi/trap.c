/* Traps: of callbacks, of Wasm, of endless recursion; their messages, origins and traces. */
#include "program.h"

static wasm_trap_t* fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  wasm_message_t message;
  wasm_name_new_from_string_nt(&message, "C says no");
  wasm_trap_t* trap = wasm_trap_new(env, &message);
  wasm_byte_vec_delete(&message);
  CHECK(trap);
  return trap;
}

static wasm_trap_t* call_to_trap(const wasm_extern_t* export, wasm_val_t* args, size_t count) {
  const wasm_val_vec_t given = {count, args};
  wasm_val_t room[1] = {WASM_INIT_VAL};
  wasm_val_vec_t results = WASM_ARRAY_VEC(room);
  wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func_const(export), &given, &results);
  CHECK(trap);
  return trap;
}

static void check_callback(const wasm_extern_t* export, const wasm_instance_t* instance) {
  wasm_trap_t* trap = call_to_trap(export, NULL, 0);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  CHECK(trace.size == 2);
  CHECK(wasm_frame_func_index(trace.data[0]) == 1);
  CHECK(wasm_frame_func_index(trace.data[1]) == 2);
  CHECK(wasm_instance_same(wasm_frame_instance(trace.data[0]), instance));
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(wasm_frame_module_offset(origin) == wasm_frame_module_offset(trace.data[0]));
  CHECK(wasm_frame_func_offset(origin) < wasm_frame_module_offset(origin));
  wasm_frame_delete(origin);
  wasm_frame_vec_delete(&trace);
  check_message(trap, "C says no");
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  wasm_functype_t* type = wasm_functype_new_0_0();
  wasm_func_t* func = wasm_func_new_with_env(store, type, fail, store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* items[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(items);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);

  check_callback(exports.data[0], instance);
  wasm_val_t zero[] = {WASM_I32_VAL(0)};
  check_message(call_to_trap(exports.data[1], zero, 1), "integer divide by zero");
  CHECK(call_i32(wasm_extern_as_func(exports.data[1]), 1, 0, 1) == 1);

  wasm_trap_t* overflow = call_to_trap(exports.data[2], NULL, 0);
  wasm_frame_vec_t trace;
  wasm_trap_trace(overflow, &trace);
  CHECK(trace.size > 10);
  wasm_frame_vec_delete(&trace);
  wasm_trap_delete(overflow);
  /* The store is as good as before. */
  check_callback(exports.data[0], instance);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
