/* skerry_linker_define_libraries: a module that reads the device of examples/device, through a
 * manifest that this program writes; a policy that says no; and what a fiber's host is told. */
#include <string.h>

#include "skerry_program.h"

static const char kManifest[] =
    "[libraries.device]\n"
    "linux = \"libdevice.so\"\n"
    "windows = \"device.dll\"\n"
    "directories = [\"..\"]\n"
    "module = \"env\"\n"
    "[libraries.device.functions]\n"
    "open_device = { parameters = [\"i32\", \"out handle device\"], result = \"i32\" }\n"
    "close_device = { parameters = [\"handle device\"] }\n"
    "get_sensor_value = { parameters = [\"handle device\", \"i32\", \"out f64\"],"
    " result = \"i32\", blocking = true }\n"
    "poll_sensors = { parameters = [\"handle device\", \"callback report\", \"token\"],"
    " result = \"i32\" }\n"
    "[libraries.device.handles]\n"
    "device = { freed_by = \"close_device\" }\n"
    "[libraries.device.callbacks]\n"
    "report = { parameters = [\"token\", \"i32\", \"f64\"], result = \"i32\" }\n";
static const char kPath[] = "libraries.toml";

static wasm_engine_t* engine;
static wasm_shared_module_t* module;

/* The error, if there is one; or an instance of a store of its own. */
static skerry_error_t* instantiate(const char* policy, wasm_store_t** store,
                                   wasm_instance_t** instance) {
  need(skerry_store_new(engine, NULL, store));
  skerry_linker_t* linker = skerry_linker_new(*store);
  skerry_error_t* error = skerry_linker_define_libraries(linker, kPath, policy);
  if (!error) error = skerry_linker_instantiate(linker, module, instance);
  /* Functions keep what they need of it. */
  skerry_linker_delete(linker);
  if (error) wasm_store_delete(*store);
  return error;
}

static uint64_t called(wasm_instance_t* instance, const char* name, uint64_t argument) {
  skerry_func_t* func = NULL;
  need(skerry_instance_func(instance, name, NULL, &func));
  uint64_t slot = argument;
  need(skerry_func_call(func, &slot));
  skerry_func_delete(func);
  return slot;
}

static double number(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void refuses(void) {
  wasm_store_t* store;
  wasm_instance_t* instance;
  need(skerry_store_new(engine, NULL, &store));
  skerry_linker_t* linker = skerry_linker_new(store);
  CHECK(failed(skerry_linker_define_libraries(NULL, kPath, NULL)));
  CHECK(failed(skerry_linker_define_libraries(linker, NULL, NULL)));
  CHECK(failed(skerry_linker_define_libraries(linker, "no-such.toml", NULL)));
  CHECK(failed(skerry_linker_define_libraries(linker, kPath, "[host")));
  /* Without libraries the module lacks its imports. */
  CHECK(failed(skerry_linker_instantiate(linker, module, &instance)));
  skerry_linker_delete(linker);
  wasm_store_delete(store);

  skerry_error_t* error =
      instantiate("[host]\nlibraries = [\"device.open_device\"]\n", &store, &instance);
  CHECK(error && strcmp(skerry_error_name(error), "PolicyDenied") == 0);
  CHECK(strstr(skerry_error_message(error), "policy:2: no entry of host.libraries names it"));
  skerry_error_delete(error);
}

static void calls(const char* policy) {
  wasm_store_t* store;
  wasm_instance_t* instance;
  need(instantiate(policy, &store, &instance));
  CHECK((uint32_t)called(instance, "open", 9) == 1);
  CHECK((uint32_t)called(instance, "open", 2) == 0);
  CHECK(number(called(instance, "read", 0)) == 20.5);
  const double sum = number(called(instance, "sum", 0));
  CHECK(sum > 125.574 && sum < 125.576);
  called(instance, "close", 0);
  /* A handle that was freed is none. */
  skerry_func_t* func = NULL;
  need(skerry_instance_func(instance, "read", "i:F", &func));
  uint64_t slot = 0;
  CHECK(failed(skerry_func_call(func, &slot)));
  skerry_func_delete(func);
  wasm_instance_delete(instance);
  wasm_store_delete(store);
}

/* How often the fiber said that it may wait, and whether it wanted its thread then. */
static uint32_t waits, on_the_thread;

static void run_on(skerry_fiber_t* fiber, wasm_instance_t* instance, const char* name,
                   uint64_t argument) {
  const skerry_fiber_switches_t* switches = skerry_fiber_switches();
  skerry_func_t* func = NULL;
  need(skerry_instance_func(instance, name, NULL, &func));
  fiber->body = skerry_fiber_call;
  fiber->func = func;
  fiber->slots = fiber->own_slots;
  fiber->own_slots[0] = argument;
  waits = on_the_thread = 0;
  for (uint32_t state = switches->start_from_c(fiber); state != SKERRY_FIBER_DONE;
       state = switches->resume_from_c(fiber)) {
    if (state == SKERRY_FIBER_BLOCK) ++waits;
    if (state == SKERRY_FIBER_BLOCK && fiber->keeps_thread == 1) ++on_the_thread;
    if (state == SKERRY_FIBER_UNBLOCK) CHECK(fiber->keeps_thread == on_the_thread);
  }
  CHECK(fiber->keeps_thread == 0);
  need(fiber->error);
  skerry_func_delete(func);
}

static void on_a_fiber(void) {
  wasm_store_t* store;
  wasm_instance_t* instance;
  skerry_fiber_t* fiber;
  need(instantiate(NULL, &store, &instance));
  need(skerry_fiber_new(store, &fiber));
  run_on(fiber, instance, "open", 1);
  /* Whatever is of a library with callbacks may call back. */
  CHECK(waits == 1 && on_the_thread == 1 && (uint32_t)fiber->own_slots[0] == 0);
  run_on(fiber, instance, "read", 0);
  CHECK(waits == 1 && number(fiber->own_slots[0]) == 20.5);
  run_on(fiber, instance, "sum", 0);
  CHECK(waits == 1 && on_the_thread == 1 && number(fiber->own_slots[0]) > 125.574);
  skerry_fiber_delete(fiber);
  wasm_instance_delete(instance);
  wasm_store_delete(store); /* closes the device */
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  FILE* file = fopen(kPath, "wb");
  CHECK(file && fputs(kManifest, file) >= 0 && fclose(file) == 0);
  wasm_byte_vec_t bytes = read_module(argv[1]);
  need(skerry_engine_new(NULL, &engine));
  need(skerry_module_new(engine, "libraries", bytes.data, bytes.size, &module));
  wasm_byte_vec_delete(&bytes);
  refuses();
  calls(NULL);
  calls("[host]\nlibraries = [\"device.*\"]\n");
  on_a_fiber();
  wasm_shared_module_delete(module);
  wasm_engine_delete(engine);
  puts("done");
  return 0;
}
