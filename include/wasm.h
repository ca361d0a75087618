/* The standard C interface of WebAssembly engines (WebAssembly/wasm-c-api), as Skerry offers it:
 * link with libskerry. Not here: WASI, limits, fuel and interruption, which this interface does not
 * know.
 *
 * Ownership: `own` marks what passes from one side to the other. Own results and `out` parameters
 * are the caller's to delete, own parameters are the callee's from then on, also if it fails. Own
 * vectors own their elements. A reference (a func, a module ...) is a small handle; deleting it
 * deletes what it refers to only where nothing else does. Deleting is safe in any order; a handle
 * keeps the store.
 *
 * Stores own what Wasm runs on: instances, funcs, globals, tables, memories, and every object that
 * was passed in as an externref, live until their store and all handles of it are deleted.
 *
 * Threads: engines and shared modules may be used by any threads at once; a store and all that
 * belongs to it by one thread at a time. Types, names, vectors and values belong to no store.
 *
 * Errors: what can fail answers NULL, false or a trap. So do null handles, values of wrong kinds or
 * number, and things of other stores. Handles that were deleted cannot be told. No C++ exception
 * comes out of here; callbacks must neither throw nor jump out (longjmp). */
#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The names are the published interface's, the language is C.
 * NOLINTBEGIN(readability-identifier-naming, modernize-use-nullptr) */

/* LIBWASM_STATIC: defined by programs for Windows that link the static library. */
#ifndef WASM_API_EXTERN
#if defined(_WIN32) && defined(SKERRY_BUILDING)
#define WASM_API_EXTERN __declspec(dllexport)
#elif defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#elif defined(__GNUC__) && !defined(_WIN32)
#define WASM_API_EXTERN __attribute__((visibility("default")))
#else
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Ground --------------------------------------------------------------------------------- */

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

#define own

/* A type that is only known by pointer. Deleting NULL does nothing. */
#define WASM_DECLARE_OWN(name)                    \
  typedef struct wasm_##name##_t wasm_##name##_t; \
                                                  \
  WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t*);

/* A vector of it, its elements pointers (`*`) or plain. `data` comes from the functions here and
 * goes by `delete`. What cannot be allocated becomes an empty vector. Elements of
 * `new_uninitialized` are there to be written, and null or zero until then. `new` takes the
 * elements over, but not the array; `copy` copies them, too. */
#define WASM_DECLARE_VEC(name, ptr_or_none)                                              \
  typedef struct wasm_##name##_vec_t {                                                   \
    size_t size;                                                                         \
    wasm_##name##_t ptr_or_none* data;                                                   \
  } wasm_##name##_vec_t;                                                                 \
                                                                                         \
  WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t* out);        \
  WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(own wasm_##name##_vec_t* out, \
                                                           size_t size);                 \
  WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t* out, size_t size,  \
                                             own wasm_##name##_t ptr_or_none const[]);   \
  WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t* out,              \
                                              const wasm_##name##_vec_t* from);          \
  WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t*);

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

/* A name is UTF-8 without a zero at its end, unless made by ..._from_string_nt. */
typedef wasm_byte_vec_t wasm_name_t;

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

static inline void wasm_name_new_from_string(own wasm_name_t* out, const char* s) {
  wasm_name_new(out, strlen(s), s);
}
/* With the zero, which messages of traps have. */
static inline void wasm_name_new_from_string_nt(own wasm_name_t* out, const char* s) {
  wasm_name_new(out, strlen(s) + 1, s);
}

/* ---- Engine and store ----------------------------------------------------------------------- */

/* Settings of an engine; this interface defines none. */
WASM_DECLARE_OWN(config)
WASM_API_EXTERN own wasm_config_t* wasm_config_new(void);

/* Compilers and their threads, shared by stores. It may be deleted before what was made with it.
 * NULL: this system or processor cannot run it. */
WASM_DECLARE_OWN(engine)
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new(void);
WASM_API_EXTERN own wasm_engine_t* wasm_engine_new_with_config(own wasm_config_t*);

/* A world of its own: things of one store can be linked with each other and with no others. It goes
 * with its last handle; while one of its funcs runs it may be deleted, and goes afterwards. */
WASM_DECLARE_OWN(store)
WASM_API_EXTERN own wasm_store_t* wasm_store_new(wasm_engine_t*);

/* ---- Types ---------------------------------------------------------------------------------- */

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum {
  WASM_CONST,
  WASM_VAR,
};

/* Of memories in pages, of tables in elements. What is 64-bit and larger shows as the largest. */
typedef struct wasm_limits_t {
  uint32_t min;
  uint32_t max;
} wasm_limits_t;

/* As `max`: there is none. */
static const uint32_t wasm_limits_max_default = 0xffffffff;

#define WASM_DECLARE_TYPE(name) \
  WASM_DECLARE_OWN(name)        \
  WASM_DECLARE_VEC(name, *)     \
                                \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);

WASM_DECLARE_TYPE(valtype)

typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
  WASM_I32,
  WASM_I64,
  WASM_F32,
  WASM_F64,
  WASM_EXTERNREF = 128,
  WASM_FUNCREF,
};
/* The name that WASM_EXTERNREF had in earlier versions of the interface. */
#define WASM_ANYREF WASM_EXTERNREF

/* Skerry's own answers for types of modules that the interface has no kind for: v128, and
 * references to what is neither a func nor of the host. Types with them can be looked at and
 * copied; values of them cannot be passed, so that calls with them answer a trap. */
enum skerry_valkind_enum {
  SKERRY_V128 = 0x7b,
  SKERRY_OTHERREF = 0xff,
};

/* NULL: not a kind of the interface. */
WASM_API_EXTERN own wasm_valtype_t* wasm_valtype_new(wasm_valkind_t);
/* Any reference to a func is a WASM_FUNCREF, also one that cannot be null. */
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t*);

static inline bool wasm_valkind_is_num(wasm_valkind_t k) { return k < WASM_EXTERNREF; }
static inline bool wasm_valkind_is_ref(wasm_valkind_t k) { return k >= WASM_EXTERNREF; }
static inline bool wasm_valtype_is_num(const wasm_valtype_t* t) {
  return wasm_valkind_is_num(wasm_valtype_kind(t));
}
static inline bool wasm_valtype_is_ref(const wasm_valtype_t* t) {
  return wasm_valkind_is_ref(wasm_valtype_kind(t));
}

/* Constructors of types answer NULL for parts that are NULL. What accessors answer belongs to the
 * type. */
WASM_DECLARE_TYPE(functype)
WASM_API_EXTERN own wasm_functype_t* wasm_functype_new(own wasm_valtype_vec_t* params,
                                                       own wasm_valtype_vec_t* results);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t*);
WASM_API_EXTERN const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t*);

WASM_DECLARE_TYPE(globaltype)
WASM_API_EXTERN own wasm_globaltype_t* wasm_globaltype_new(own wasm_valtype_t*, wasm_mutability_t);
WASM_API_EXTERN const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t*);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t*);

WASM_DECLARE_TYPE(tabletype)
WASM_API_EXTERN own wasm_tabletype_t* wasm_tabletype_new(own wasm_valtype_t*, const wasm_limits_t*);
WASM_API_EXTERN const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t*);

WASM_DECLARE_TYPE(memorytype)
WASM_API_EXTERN own wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t*);
WASM_API_EXTERN const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t*);

/* Any of the four, which it is a view of: casts make nothing and there is one deletion. A cast to
 * what it is not answers NULL. */
WASM_DECLARE_TYPE(externtype)

typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
  WASM_EXTERN_FUNC,
  WASM_EXTERN_GLOBAL,
  WASM_EXTERN_TABLE,
  WASM_EXTERN_MEMORY,
};
/* Skerry's own answer for tags of exceptions: they can be linked and nothing else. */
enum skerry_externkind_enum {
  SKERRY_EXTERN_TAG = 4,
};

WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t*);

#define WASM_DECLARE_EXTERNTYPE_CASTS(name)                                         \
  WASM_API_EXTERN wasm_externtype_t* wasm_##name##_as_externtype(wasm_##name##_t*); \
  WASM_API_EXTERN wasm_##name##_t* wasm_externtype_as_##name(wasm_externtype_t*);   \
  WASM_API_EXTERN const wasm_externtype_t* wasm_##name##_as_externtype_const(       \
      const wasm_##name##_t*);                                                      \
  WASM_API_EXTERN const wasm_##name##_t* wasm_externtype_as_##name##_const(         \
      const wasm_externtype_t*);
WASM_DECLARE_EXTERNTYPE_CASTS(functype)
WASM_DECLARE_EXTERNTYPE_CASTS(globaltype)
WASM_DECLARE_EXTERNTYPE_CASTS(tabletype)
WASM_DECLARE_EXTERNTYPE_CASTS(memorytype)

WASM_DECLARE_TYPE(importtype)
WASM_API_EXTERN own wasm_importtype_t* wasm_importtype_new(own wasm_name_t* module,
                                                           own wasm_name_t* name,
                                                           own wasm_externtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_module(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_importtype_name(const wasm_importtype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t*);

WASM_DECLARE_TYPE(exporttype)
WASM_API_EXTERN own wasm_exporttype_t* wasm_exporttype_new(own wasm_name_t*,
                                                           own wasm_externtype_t*);
WASM_API_EXTERN const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t*);
WASM_API_EXTERN const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t*);

/* ---- Values and references ------------------------------------------------------------------ */

struct wasm_ref_t;

/* References may be NULL and are owned by the value. Where a reference is taken, both kinds of
 * references are: what it refers to decides whether it fits. */
typedef struct wasm_val_t {
  wasm_valkind_t kind;
  union {
    int32_t i32;
    int64_t i64;
    float32_t f32;
    float64_t f64;
    struct wasm_ref_t* ref;
  } of;
} wasm_val_t;

/* Deletes the reference, if it is one, and leaves a null. */
WASM_API_EXTERN void wasm_val_delete(own wasm_val_t* v);
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t* out, const wasm_val_t*);
WASM_DECLARE_VEC(val, )

/* `copy` makes another handle to the same thing; `same` tells whether two are. Host info belongs to
 * the thing: all handles see it. Its finalizer runs when the thing goes (of what a store owns, with
 * the store) or when other host info takes its place. */
#define WASM_DECLARE_REF_BASE(name)                                                             \
  WASM_DECLARE_OWN(name)                                                                        \
                                                                                                \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t*);              \
  WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t*, const wasm_##name##_t*);      \
                                                                                                \
  WASM_API_EXTERN void* wasm_##name##_get_host_info(const wasm_##name##_t*);                    \
  WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t*, void*);                    \
  WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t*, void* info, \
                                                                  void (*finalizer)(void*));

/* Casts make no new handle. A cast to what it is not answers NULL. */
#define WASM_DECLARE_REF(name)                                                          \
  WASM_DECLARE_REF_BASE(name)                                                           \
                                                                                        \
  WASM_API_EXTERN wasm_ref_t* wasm_##name##_as_ref(wasm_##name##_t*);                   \
  WASM_API_EXTERN wasm_##name##_t* wasm_ref_as_##name(wasm_ref_t*);                     \
  WASM_API_EXTERN const wasm_ref_t* wasm_##name##_as_ref_const(const wasm_##name##_t*); \
  WASM_API_EXTERN const wasm_##name##_t* wasm_ref_as_##name##_const(const wasm_ref_t*);

/* A shared one belongs to no store and may be used by all threads at once, `share` too. `obtain`
 * puts it into a store; NULL if that is of another engine. */
#define WASM_DECLARE_SHARABLE_REF(name)                                                    \
  WASM_DECLARE_REF(name)                                                                   \
  WASM_DECLARE_OWN(shared_##name)                                                          \
                                                                                           \
  WASM_API_EXTERN own wasm_shared_##name##_t* wasm_##name##_share(const wasm_##name##_t*); \
  WASM_API_EXTERN own wasm_##name##_t* wasm_##name##_obtain(wasm_store_t*,                 \
                                                            const wasm_shared_##name##_t*);

WASM_DECLARE_REF_BASE(ref)

/* ---- Traps ---------------------------------------------------------------------------------- */

/* A call that was in progress when a trap happened. */
WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN own wasm_frame_t* wasm_frame_copy(const wasm_frame_t*);

/* The frame's, until it is deleted. NULL if its store has several instances of the module. */
WASM_API_EXTERN struct wasm_instance_t* wasm_frame_instance(const wasm_frame_t*);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t*);
/* Of the instruction, from the start of the func's body and of the module's bytes. */
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t*);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t*);

typedef wasm_name_t wasm_message_t; /* with a zero at its end */

/* Why a call failed: a trap of Wasm, what a callback answered, or misuse of this interface. The
 * trap of a callback is the same that comes out of wasm_func_call, with a trace. When memory is
 * exhausted, "out of memory" may be a trap that several calls share and that has no host info. */
WASM_DECLARE_REF(trap)
/* A zero is added if the message has none. NULL: no message. */
WASM_API_EXTERN own wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t*);
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t*, own wasm_message_t* out);
/* The innermost frame; NULL if no Wasm was running. */
WASM_API_EXTERN own wasm_frame_t* wasm_trap_origin(const wasm_trap_t*);
/* From the innermost frame outwards; of very deep ones the middle is left out. */
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t*, own wasm_frame_vec_t* out);

/* An object of the host, to be passed as an externref. */
WASM_DECLARE_REF(foreign)
WASM_API_EXTERN own wasm_foreign_t* wasm_foreign_new(wasm_store_t*);

/* ---- Modules -------------------------------------------------------------------------------- */

/* NULL, false: not a valid module in the binary format. The bytes are copied. */
WASM_DECLARE_SHARABLE_REF(module)
WASM_API_EXTERN own wasm_module_t* wasm_module_new(wasm_store_t*, const wasm_byte_vec_t* binary);
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t*, const wasm_byte_vec_t* binary);
/* In the module's order. */
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t*, own wasm_importtype_vec_t* out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t*, own wasm_exporttype_vec_t* out);
/* The module's own bytes behind a header, no machine code: good anywhere, and validated anew. */
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t*, own wasm_byte_vec_t* out);
WASM_API_EXTERN own wasm_module_t* wasm_module_deserialize(wasm_store_t*, const wasm_byte_vec_t*);

/* ---- Funcs ---------------------------------------------------------------------------------- */

WASM_DECLARE_REF(func)

/* Answers NULL for success, or a trap, which unwinds Wasm. Arguments are borrowed. Results are
 * there as zeros and nulls of the right kinds, to be written in place; references in them are given
 * away. */
typedef own wasm_trap_t* (*wasm_func_callback_t)(const wasm_val_vec_t* args,
                                                 own wasm_val_vec_t* results);
typedef own wasm_trap_t* (*wasm_func_callback_with_env_t)(void* env, const wasm_val_vec_t* args,
                                                          wasm_val_vec_t* results);

/* The finalizer gets `env` when the func goes with its store; not if this answers NULL. */
WASM_API_EXTERN own wasm_func_t* wasm_func_new(wasm_store_t*, const wasm_functype_t*,
                                               wasm_func_callback_t);
WASM_API_EXTERN own wasm_func_t* wasm_func_new_with_env(wasm_store_t*, const wasm_functype_t* type,
                                                        wasm_func_callback_with_env_t, void* env,
                                                        void (*finalizer)(void*));

WASM_API_EXTERN own wasm_functype_t* wasm_func_type(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t*);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t*);

/* NULL for success: then `results` holds the results, over whatever was there. Arguments are
 * borrowed; NULL stands for an empty vector. A trap that answers misuse says so; only where
 * `results` is too small the func has run, and its results are lost. */
WASM_API_EXTERN own wasm_trap_t* wasm_func_call(const wasm_func_t*, const wasm_val_vec_t* args,
                                                wasm_val_vec_t* results);

/* ---- Globals, tables, memories -------------------------------------------------------------- */

/* NULL: the value does not fit. */
WASM_DECLARE_REF(global)
WASM_API_EXTERN own wasm_global_t* wasm_global_new(wasm_store_t*, const wasm_globaltype_t*,
                                                   const wasm_val_t*);
WASM_API_EXTERN own wasm_globaltype_t* wasm_global_type(const wasm_global_t*);
WASM_API_EXTERN void wasm_global_get(const wasm_global_t*, own wasm_val_t* out);
/* Nothing happens if the global is constant or the value does not fit. The value is borrowed. */
WASM_API_EXTERN void wasm_global_set(wasm_global_t*, const wasm_val_t*);

/* NULL, false: out of range, beyond a limit, or a reference that does not fit. References that are
 * passed in are borrowed. Growing by nothing is fine. */
WASM_DECLARE_REF(table)
typedef uint32_t wasm_table_size_t;
WASM_API_EXTERN own wasm_table_t* wasm_table_new(wasm_store_t*, const wasm_tabletype_t*,
                                                 wasm_ref_t* init);
WASM_API_EXTERN own wasm_tabletype_t* wasm_table_type(const wasm_table_t*);
/* NULL is also what an element holds that is null. */
WASM_API_EXTERN own wasm_ref_t* wasm_table_get(const wasm_table_t*, wasm_table_size_t index);
WASM_API_EXTERN bool wasm_table_set(wasm_table_t*, wasm_table_size_t index, wasm_ref_t*);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t*);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t*, wasm_table_size_t delta, wasm_ref_t* init);

/* `data` is good until the memory grows, by this interface or by Wasm, or its store goes. */
WASM_DECLARE_REF(memory)
typedef uint32_t wasm_memory_pages_t;
static const size_t MEMORY_PAGE_SIZE = 0x10000;
WASM_API_EXTERN own wasm_memory_t* wasm_memory_new(wasm_store_t*, const wasm_memorytype_t*);
WASM_API_EXTERN own wasm_memorytype_t* wasm_memory_type(const wasm_memory_t*);
WASM_API_EXTERN byte_t* wasm_memory_data(wasm_memory_t*);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t*);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t*);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t*, wasm_memory_pages_t delta);

/* ---- Externals and instances ---------------------------------------------------------------- */

/* Any of the four that modules import and export. */
WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)
WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t*);
WASM_API_EXTERN own wasm_externtype_t* wasm_extern_type(const wasm_extern_t*);

#define WASM_DECLARE_EXTERN_CASTS(name)                                                       \
  WASM_API_EXTERN wasm_extern_t* wasm_##name##_as_extern(wasm_##name##_t*);                   \
  WASM_API_EXTERN wasm_##name##_t* wasm_extern_as_##name(wasm_extern_t*);                     \
  WASM_API_EXTERN const wasm_extern_t* wasm_##name##_as_extern_const(const wasm_##name##_t*); \
  WASM_API_EXTERN const wasm_##name##_t* wasm_extern_as_##name##_const(const wasm_extern_t*);
WASM_DECLARE_EXTERN_CASTS(func)
WASM_DECLARE_EXTERN_CASTS(global)
WASM_DECLARE_EXTERN_CASTS(table)
WASM_DECLARE_EXTERN_CASTS(memory)

/* Imports are borrowed, one for each of wasm_module_imports() and in its order. NULL: an import
 * does not fit or is missing, a limit is met, or the start func or a segment trapped; `trap`,
 * unless it is NULL, then gets the reason. The module may be of another store of the engine. */
WASM_DECLARE_REF(instance)
WASM_API_EXTERN own wasm_instance_t* wasm_instance_new(wasm_store_t*, const wasm_module_t*,
                                                       const wasm_extern_vec_t* imports,
                                                       own wasm_trap_t** trap);
/* One for each of wasm_module_exports() and in its order. */
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t*, own wasm_extern_vec_t* out);

/* ---- Short forms ---------------------------------------------------------------------------- */

/* clang-format off */
#define WASM_EMPTY_VEC {0, NULL}
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}
/* clang-format on */

#define SKERRY_DEFINE_VALTYPE_NEW(name, kind) \
  static inline own wasm_valtype_t* wasm_valtype_new_##name(void) { return wasm_valtype_new(kind); }
SKERRY_DEFINE_VALTYPE_NEW(i32, WASM_I32)
SKERRY_DEFINE_VALTYPE_NEW(i64, WASM_I64)
SKERRY_DEFINE_VALTYPE_NEW(f32, WASM_F32)
SKERRY_DEFINE_VALTYPE_NEW(f64, WASM_F64)
SKERRY_DEFINE_VALTYPE_NEW(externref, WASM_EXTERNREF)
SKERRY_DEFINE_VALTYPE_NEW(anyref, WASM_EXTERNREF)
SKERRY_DEFINE_VALTYPE_NEW(funcref, WASM_FUNCREF)
#undef SKERRY_DEFINE_VALTYPE_NEW

/* Of so many params and results, each of them own. */
static inline own wasm_functype_t* skerry_functype_of(size_t param_count, wasm_valtype_t* params[],
                                                      size_t result_count,
                                                      wasm_valtype_t* results[]) {
  wasm_valtype_vec_t param_vec, result_vec;
  wasm_valtype_vec_new(&param_vec, param_count, params);
  wasm_valtype_vec_new(&result_vec, result_count, results);
  return wasm_functype_new(&param_vec, &result_vec);
}
static inline own wasm_functype_t* wasm_functype_new_0_0(void) {
  return skerry_functype_of(0, NULL, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_1_0(own wasm_valtype_t* p) {
  wasm_valtype_t* params[] = {p};
  return skerry_functype_of(1, params, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_2_0(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2) {
  wasm_valtype_t* params[] = {p1, p2};
  return skerry_functype_of(2, params, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_3_0(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3) {
  wasm_valtype_t* params[] = {p1, p2, p3};
  return skerry_functype_of(3, params, 0, NULL);
}
static inline own wasm_functype_t* wasm_functype_new_0_1(own wasm_valtype_t* r) {
  wasm_valtype_t* results[] = {r};
  return skerry_functype_of(0, NULL, 1, results);
}
static inline own wasm_functype_t* wasm_functype_new_1_1(own wasm_valtype_t* p,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t* params[] = {p};
  wasm_valtype_t* results[] = {r};
  return skerry_functype_of(1, params, 1, results);
}
static inline own wasm_functype_t* wasm_functype_new_2_1(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t* params[] = {p1, p2};
  wasm_valtype_t* results[] = {r};
  return skerry_functype_of(2, params, 1, results);
}
static inline own wasm_functype_t* wasm_functype_new_3_1(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3,
                                                         own wasm_valtype_t* r) {
  wasm_valtype_t* params[] = {p1, p2, p3};
  wasm_valtype_t* results[] = {r};
  return skerry_functype_of(3, params, 1, results);
}
static inline own wasm_functype_t* wasm_functype_new_0_2(own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* results[] = {r1, r2};
  return skerry_functype_of(0, NULL, 2, results);
}
static inline own wasm_functype_t* wasm_functype_new_1_2(own wasm_valtype_t* p,
                                                         own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* params[] = {p};
  wasm_valtype_t* results[] = {r1, r2};
  return skerry_functype_of(1, params, 2, results);
}
static inline own wasm_functype_t* wasm_functype_new_2_2(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* params[] = {p1, p2};
  wasm_valtype_t* results[] = {r1, r2};
  return skerry_functype_of(2, params, 2, results);
}
static inline own wasm_functype_t* wasm_functype_new_3_2(own wasm_valtype_t* p1,
                                                         own wasm_valtype_t* p2,
                                                         own wasm_valtype_t* p3,
                                                         own wasm_valtype_t* r1,
                                                         own wasm_valtype_t* r2) {
  wasm_valtype_t* params[] = {p1, p2, p3};
  wasm_valtype_t* results[] = {r1, r2};
  return skerry_functype_of(3, params, 2, results);
}

/* A pointer of the host as a number. */
static inline void wasm_val_init_ptr(own wasm_val_t* out, void* p) {
#if UINTPTR_MAX == UINT32_MAX
  out->kind = WASM_I32;
  out->of.i32 = (int32_t)(intptr_t)p;
#else
  out->kind = WASM_I64;
  out->of.i64 = (int64_t)(intptr_t)p;
#endif
}
static inline void* wasm_val_ptr(const wasm_val_t* val) {
#if UINTPTR_MAX == UINT32_MAX
  return (void*)(intptr_t)val->of.i32;
#else
  return (void*)(intptr_t)val->of.i64;
#endif
}

/* clang-format off */
#define WASM_I32_VAL(i) {.kind = WASM_I32, .of = {.i32 = i}}
#define WASM_I64_VAL(i) {.kind = WASM_I64, .of = {.i64 = i}}
#define WASM_F32_VAL(z) {.kind = WASM_F32, .of = {.f32 = z}}
#define WASM_F64_VAL(z) {.kind = WASM_F64, .of = {.f64 = z}}
#define WASM_REF_VAL(r) {.kind = WASM_EXTERNREF, .of = {.ref = r}}
#define WASM_INIT_VAL {.kind = WASM_EXTERNREF, .of = {.ref = NULL}}
/* clang-format on */

#undef own

#ifdef __cplusplus
} /* extern "C" */
#endif

/* NOLINTEND(readability-identifier-naming, modernize-use-nullptr) */
#endif /* WASM_H */
