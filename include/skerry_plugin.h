/* Plugins: shared libraries that give WebAssembly modules functions of native code, loaded by
 * `skerry run --plugin FILE`. A plugin exports one function, skerry_plugin_register, and is linked
 * with nothing of Skerry's.
 *
 * ABI: the number below goes up when a plugin that was built before would no longer work. Structs
 * begin with their size: newer programs append members, so compare before using one that was not in
 * the first version. Texts are UTF-8 and end with a zero; the program copies them.
 * Threads: everything is called on the thread of the module that imports the functions. */
#ifndef SKERRY_PLUGIN_H
#define SKERRY_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* The names are C's.
 * NOLINTBEGIN(readability-identifier-naming, modernize-use-using, modernize-deprecated-headers) */

#define SKERRY_PLUGIN_ABI 1u

#ifdef _WIN32
#define SKERRY_PLUGIN_EXPORT __declspec(dllexport)
#else
#define SKERRY_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What skerry_plugin_register and define_func answer. */
enum {
  SKERRY_PLUGIN_OK = 0,
  SKERRY_PLUGIN_FAILED = 1,        /* for a reason of its own: set_error says which */
  SKERRY_PLUGIN_WRONG_VERSION = 2, /* the plugin does not know this abi_version */
  SKERRY_PLUGIN_BAD_ARGUMENT = 3,  /* of define_func: a null, or a type that is none */
  SKERRY_PLUGIN_DUPLICATE = 4      /* of define_func: the module and name have a function */
};

/* Where a plugin's functions are put: good until skerry_plugin_register returns. */
typedef struct skerry_plugin_registry_t skerry_plugin_registry_t;
/* A call of one of them: good until it returns. */
typedef struct skerry_plugin_call_t skerry_plugin_call_t;

/* A function. Its arguments are in `slots`, one after another, and so it leaves its results: i32
 * and f32 in the low half, bits of f64. 0: it has done its work. Else Wasm is unwound with a
 * failure, whose text fail() gives. */
typedef int32_t (*skerry_plugin_func_t)(void* env, skerry_plugin_call_t* call, uint64_t* slots);

typedef struct {
  size_t struct_size;
  /* `type`: parameters and results by letters, as "iI:f": i i32, I i64, f f32, F f64. `finalizer`,
   * which may be null, is called with env when the module's store goes, also if this fails. */
  int32_t (*define_func)(skerry_plugin_registry_t* registry, const char* module, const char* name,
                         const char* type, skerry_plugin_func_t func, void* env,
                         void (*finalizer)(void* env));
  /* Why registration fails. */
  void (*set_error)(skerry_plugin_registry_t* registry, const char* message);
  /* The memory of the instance that calls: what it exports as "memory", else its first; NULL and 0
   * if it has none. Good until the instance runs again. An offset of the module's has to be
   * compared with the size before it is used. */
  void (*memory)(skerry_plugin_call_t* call, uint8_t** data, size_t* size);
  /* Why a call fails; gives what the function should return. */
  int32_t (*fail)(skerry_plugin_call_t* call, const char* message);
} skerry_plugin_host_t;

/* What a plugin exports. Defines its functions; if it answers other than SKERRY_PLUGIN_OK, or one
 * of its definitions failed, the program ends with that error. */
SKERRY_PLUGIN_EXPORT int32_t skerry_plugin_register(uint32_t abi_version,
                                                    const skerry_plugin_host_t* host,
                                                    skerry_plugin_registry_t* registry);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming, modernize-use-using, modernize-deprecated-headers) */

#endif /* SKERRY_PLUGIN_H */
