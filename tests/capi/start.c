/* Instantiation that fails: in the start func, and because imports do not fit. */
#include "program.h"

static int starts = 0;

static wasm_trap_t* check(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)results;
  starts += args->data[0].of.i32;
  return NULL;
}

static wasm_trap_t* fail_with(wasm_store_t* store, wasm_module_t* module, wasm_func_t* func) {
  wasm_extern_t* items[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = {func ? 1 : 0, items};
  wasm_trap_t* trap = NULL;
  CHECK(!wasm_instance_new(store, module, &imports, &trap));
  CHECK(trap);
  return trap;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);

  wasm_functype_t* type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_functype_t* other_type = wasm_functype_new_1_0(wasm_valtype_new_i64());
  wasm_func_t* func = wasm_func_new(store, type, check);
  wasm_func_t* other_func = wasm_func_new(store, other_type, check);
  wasm_functype_delete(type);
  wasm_functype_delete(other_type);

  wasm_trap_t* trap = fail_with(store, module, func);
  CHECK(starts == 1);
  wasm_frame_t* origin = wasm_trap_origin(trap);
  CHECK(origin && wasm_frame_func_index(origin) == 1);
  wasm_frame_delete(origin);
  check_message(trap, "unreachable");

  check_message(fail_with(store, module, other_func),
                "import 0, `check` from `host`: incompatible type: wanted func (i32) -> (), "
                "given func (i64) -> ()");
  trap = fail_with(store, module, NULL);
  CHECK(!wasm_trap_origin(trap));
  check_message(trap, "the module has 1 imports, 0 were given");
  CHECK(starts == 1);

  wasm_func_delete(func);
  wasm_func_delete(other_func);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
