/* A module's memory, read and written by the host, grown by both; and one of the host's own. */
#include "program.h"

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = load_module(store, argv[1]);
  wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_memory_t* memory = wasm_extern_as_memory(exports.data[0]);
  wasm_func_t* load = wasm_extern_as_func(exports.data[1]);
  wasm_func_t* grow = wasm_extern_as_func(exports.data[2]);

  CHECK(wasm_memory_size(memory) == 1 && wasm_memory_data_size(memory) == MEMORY_PAGE_SIZE);
  CHECK(memcmp(wasm_memory_data(memory) + 16, "skerry", 6) == 0);
  wasm_memory_data(memory)[100] = 42;
  CHECK(call_i32(load, 100, 0, 1) == 42);

  wasm_val_t args[] = {WASM_I32_VAL(0x10000)};
  wasm_val_t room[1] = {WASM_INIT_VAL};
  wasm_val_vec_t given = WASM_ARRAY_VEC(args), results = WASM_ARRAY_VEC(room);
  check_message(wasm_func_call(load, &given, &results), "out of bounds memory access");
  CHECK(wasm_memory_grow(memory, 1) && wasm_memory_size(memory) == 2);
  CHECK(call_i32(load, 0x10000, 0, 1) == 0);
  CHECK(call_i32(grow, 2, 0, 1) == 2);
  CHECK(wasm_memory_data_size(memory) == 4 * MEMORY_PAGE_SIZE);
  wasm_memory_data(memory)[4 * MEMORY_PAGE_SIZE - 1] = 7;
  CHECK(!wasm_memory_grow(memory, 1) && wasm_memory_grow(memory, 0));
  CHECK(call_i32(grow, 1, 0, 1) == -1);

  const wasm_limits_t limits = {5, 5}, upside_down = {2, 1}, too_many = {65537, 70000};
  wasm_memorytype_t* type = wasm_memorytype_new(&limits);
  wasm_memory_t* own = wasm_memory_new(store, type);
  wasm_memorytype_delete(type);
  CHECK(wasm_memory_size(own) == 5 && !wasm_memory_grow(own, 1));
  wasm_memory_delete(own);
  type = wasm_memorytype_new(&upside_down);
  CHECK(!wasm_memory_new(store, type));
  wasm_memorytype_delete(type);
  type = wasm_memorytype_new(&too_many);
  CHECK(!wasm_memory_new(store, type));
  wasm_memorytype_delete(type);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
