/* What one call costs over the boundary between C and Wasm, for suite `calls`:
 *
 *   calls native|skerry|wasmtime call|host|bound [LIBRARY [MANIFEST]]
 *
 * `call`: C calls a func that adds two numbers. `host`: a loop in Wasm calls a C function that
 * does. `bound`: so does it through a manifest, which binds a function of a library. Prints the
 * nanoseconds of kCalls of them on stderr, by the quickest of kRounds. Each engine is called the
 * way its makers say is the quickest: types checked once, values in an array. Libraries are loaded
 * by name: both engines export wasm.h. Not here: what is made of the figures.
 */
#include <dlfcn.h>
#include <skerry.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kCalls = 1000000, kRounds = 300, kCallsARound = 20000 };

static const char kModule[] =
    "(module (import \"c\" \"add\" (func $add (param i32 i32) (result i32)))"
    " (func (export \"call\") (param i32 i32) (result i32)"
    "  (i32.add (local.get 0) (local.get 1)))"
    " (func (export \"host\") (param $n i32) (result i32) (local $sum i32)"
    "  (loop $again"
    "   (local.set $sum (call $add (local.get $sum) (local.get $n)))"
    "   (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
    "  (local.get $sum)))";

/* Makes `count` calls, and says what the last one, or the loop, answered. */
typedef uint32_t (*run_t)(uint32_t count);

static void* library;

static _Noreturn void stop(const char* why) {
  fprintf(stderr, "calls: %s\n", why);
  exit(1);
}

static void* symbol(const char* name) {
  void* const found = dlsym(library, name);
  if (!found) stop(name);
  return found;
}
/* A function of the library with the type that its header gives it. */
#define FUNC(name) __typeof__(&name) const p_##name = (__typeof__(&name))symbol(#name)

/* ---- Native ---------------------------------------------------------------------------------- */

static uint32_t add(uint32_t a, uint32_t b) { return a + b; }
static uint32_t (*volatile native_add)(uint32_t, uint32_t) = add;

static uint32_t native_call(uint32_t count) {
  uint32_t last = 0;
  for (uint32_t i = 0; i < count; ++i) last = native_add(i, 1);
  return last;
}
static uint32_t native_host(uint32_t count) {
  uint32_t sum = 0;
  for (; count != 0; --count) sum = native_add(sum, count);
  return sum;
}

/* ---- Skerry ---------------------------------------------------------------------------------- */

static skerry_func_t* skerry_func;
static __typeof__(&skerry_func_call) skerry_call_it;

static skerry_error_t* skerry_add(void* env, skerry_caller_t* caller, uint64_t* slots) {
  (void)env, (void)caller;
  slots[0] = (uint32_t)slots[0] + (uint32_t)slots[1];
  return NULL;
}

static void make_skerry(const char* name, const char* manifest) {
  FUNC(skerry_engine_new);
  FUNC(skerry_store_new);
  FUNC(skerry_module_new);
  FUNC(skerry_linker_new);
  FUNC(skerry_linker_define_func);
  FUNC(skerry_linker_define_libraries);
  FUNC(skerry_linker_instantiate);
  FUNC(skerry_instance_func);
  skerry_call_it = (__typeof__(skerry_call_it))symbol("skerry_func_call");
  wasm_engine_t* engine;
  wasm_store_t* store = NULL;
  wasm_shared_module_t* module;
  wasm_instance_t* instance;
  skerry_engine_options_t options = {.struct_size = sizeof(options), .tier = SKERRY_TIER_BASELINE};
  if (p_skerry_engine_new(&options, &engine) || p_skerry_store_new(engine, NULL, &store) ||
      p_skerry_module_new(engine, "calls", kModule, strlen(kModule), &module))
    stop("skerry does not start");
  skerry_linker_t* const linker = p_skerry_linker_new(store);
  if ((manifest
           ? p_skerry_linker_define_libraries(linker, manifest, NULL)
           : p_skerry_linker_define_func(linker, "c", "add", "ii:i", skerry_add, NULL, NULL)) ||
      p_skerry_linker_instantiate(linker, module, &instance) ||
      p_skerry_instance_func(instance, name, NULL, &skerry_func))
    stop("skerry does not instantiate");
}
static uint32_t skerry_call(uint32_t count) {
  uint64_t slots[2] = {0, 0};
  for (uint32_t i = 0; i < count; ++i) {
    slots[0] = i;
    slots[1] = 1;
    if (skerry_call_it(skerry_func, slots)) stop("skerry's call failed");
  }
  return (uint32_t)slots[0];
}
static uint32_t skerry_host(uint32_t count) {
  uint64_t slots[1] = {count};
  if (skerry_call_it(skerry_func, slots)) stop("skerry's call failed");
  return (uint32_t)slots[0];
}

/* ---- wasmtime: its C interface as far as it is used, since its wheel has no headers ------------
 */

typedef union {
  int32_t i32;
  uint8_t v128[16];
} raw_t;
typedef struct {
  uint64_t words[2];
} item_t; /* wasmtime_func_t, wasmtime_instance_t */
typedef struct {
  _Alignas(8) uint8_t kind;
  item_t func;
  uint64_t more[4]; /* other kinds are larger */
} wasmtime_extern_t;

static void* wasmtime_context;
static wasmtime_extern_t wasmtime_item;
static void* (*wasmtime_call_it)(void* context, const item_t*, raw_t*, size_t, void** trap);

static void* wasmtime_add(void* env, void* caller, raw_t* values, size_t count) {
  (void)env, (void)caller, (void)count;
  values[0].i32 = (int32_t)((uint32_t)values[0].i32 + (uint32_t)values[1].i32);
  return NULL;
}

static void make_wasmtime(const char* name, const char* manifest) {
  if (manifest) stop("wasmtime binds no libraries");
  FUNC(wasm_engine_new);
  FUNC(wasm_valtype_new);
  FUNC(wasm_functype_new);
  FUNC(wasm_valtype_vec_new);
  void* (*const store_new)(void*, void*, void*) = symbol("wasmtime_store_new");
  void* (*const store_context)(void*) = symbol("wasmtime_store_context");
  void* (*const wat2wasm)(const char*, size_t, wasm_byte_vec_t*) = symbol("wasmtime_wat2wasm");
  void* (*const module_new)(void*, const char*, size_t, void**) = symbol("wasmtime_module_new");
  void* (*const linker_new)(void*) = symbol("wasmtime_linker_new");
  void* (*const define)(void*, const char*, size_t, const char*, size_t, const wasm_functype_t*,
                        void*, void*, void*) = symbol("wasmtime_linker_define_func_unchecked");
  void* (*const instantiate)(void*, void*, const void*, item_t*, void**) =
      symbol("wasmtime_linker_instantiate");
  bool (*const export_get)(void*, const item_t*, const char*, size_t, wasmtime_extern_t*) =
      symbol("wasmtime_instance_export_get");
  wasmtime_call_it = symbol("wasmtime_func_call_unchecked");

  wasm_engine_t* const engine = p_wasm_engine_new();
  wasmtime_context = store_context(store_new(engine, NULL, NULL));
  wasm_valtype_t* types[3];
  for (int i = 0; i < 3; ++i) types[i] = p_wasm_valtype_new(WASM_I32);
  wasm_valtype_vec_t params, results;
  p_wasm_valtype_vec_new(&params, 2, types);
  p_wasm_valtype_vec_new(&results, 1, types + 2);
  wasm_byte_vec_t bytes;
  void *module, *trap = NULL;
  item_t instance;
  void* const linker = linker_new(engine);
  if (wat2wasm(kModule, strlen(kModule), &bytes) ||
      module_new(engine, bytes.data, bytes.size, &module) ||
      define(linker, "c", 1, "add", 3, p_wasm_functype_new(&params, &results), wasmtime_add, NULL,
             NULL) ||
      instantiate(linker, wasmtime_context, module, &instance, &trap) || trap ||
      !export_get(wasmtime_context, &instance, name, strlen(name), &wasmtime_item))
    stop("wasmtime does not instantiate");
}
static uint32_t wasmtime_call(uint32_t count) {
  raw_t values[2] = {{0}, {0}};
  void* trap = NULL;
  for (uint32_t i = 0; i < count; ++i) {
    values[0].i32 = (int32_t)i;
    values[1].i32 = 1;
    if (wasmtime_call_it(wasmtime_context, &wasmtime_item.func, values, 2, &trap))
      stop("wasmtime's call failed");
  }
  return (uint32_t)values[0].i32;
}
static uint32_t wasmtime_host(uint32_t count) {
  raw_t values[1] = {{(int32_t)count}};
  void* trap = NULL;
  if (wasmtime_call_it(wasmtime_context, &wasmtime_item.func, values, 1, &trap))
    stop("wasmtime's call failed");
  return (uint32_t)values[0].i32;
}

/* ---- Timing ---------------------------------------------------------------------------------- */

static double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

int main(int count, char** words) {
  static const struct {
    const char* name;
    void (*make)(const char* func, const char* manifest);
    run_t call, host;
  } engines[] = {{"native", NULL, native_call, native_host},
                 {"skerry", make_skerry, skerry_call, skerry_host},
                 {"wasmtime", make_wasmtime, wasmtime_call, wasmtime_host}};
  if (count < 3) stop("usage: calls native|skerry|wasmtime call|host|bound [LIBRARY [MANIFEST]]");
  if (count > 3 && !(library = dlopen(words[3], RTLD_NOW))) stop(dlerror());
  for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); ++i) {
    if (strcmp(words[1], engines[i].name) != 0) continue;
    const bool is_bound = strcmp(words[2], "bound") == 0;
    const bool is_host = is_bound || strcmp(words[2], "host") == 0;
    const char* const manifest = is_bound && count > 4 ? words[4] : NULL;
    if (is_bound && library && !manifest) stop("there is no manifest");
    const run_t run = is_host ? engines[i].host : engines[i].call;
    if (engines[i].make) engines[i].make(is_host ? "host" : "call", manifest);
    if (run(kCallsARound) != (is_host ? kCallsARound * (kCallsARound + 1) / 2u : kCallsARound))
      stop("wrong sum");
    double best = 1e18;
    for (int round = 0; round < kRounds; ++round) {
      const double start = now_ns();
      run(kCallsARound);
      const double taken = now_ns() - start;
      if (taken < best) best = taken;
    }
    fprintf(stderr, "kernel_ns %.0f\n", best * kCalls / kCallsARound);
    return 0;
  }
  stop("no such engine");
}
