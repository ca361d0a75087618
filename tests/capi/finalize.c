/* Finalizers run once: of what a store owns with the store, of other things with their last handle.
 */
#include "program.h"

static int live = 0;
static void finish(void* info) { live -= *(int*)info; }

static int one = 1, thousand = 1000;

static void make_instances(wasm_store_t* store, const wasm_module_t* module, int count) {
  for (int i = 0; i < count; ++i) {
    wasm_instance_t* instance = wasm_instance_new(store, module, NULL, NULL);
    CHECK(instance);
    wasm_instance_set_host_info_with_finalizer(instance, &one, finish);
    CHECK(wasm_instance_get_host_info(instance) == &one);
    ++live;
    wasm_instance_delete(instance);
  }
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* stores[] = {wasm_store_new(engine), wasm_store_new(engine)};
  wasm_module_t* module = load_module(stores[0], argv[1]);
  make_instances(stores[0], module, 20000);
  make_instances(stores[1], module, 3000);
  CHECK(live == 23000);
  wasm_store_delete(stores[1]);
  CHECK(live == 20000);

  wasm_module_set_host_info_with_finalizer(module, &thousand, finish);
  live += 1000;
  wasm_module_t* copy = wasm_module_copy(module);
  wasm_module_delete(module);
  CHECK(wasm_module_get_host_info(copy) == &thousand && live == 21000);
  wasm_module_delete(copy);
  CHECK(live == 20000);

  wasm_foreign_t* foreign = wasm_foreign_new(stores[0]);
  wasm_foreign_set_host_info_with_finalizer(foreign, &thousand, finish);
  live += 1000;
  wasm_foreign_set_host_info(foreign, NULL);
  CHECK(live == 20000);
  wasm_foreign_delete(foreign);
  wasm_store_delete(stores[0]);
  CHECK(live == 0);
  wasm_engine_delete(engine);
  return 0;
}
