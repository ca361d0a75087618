/* What the standard C interface (wasm.h) lacks, on the same handles: errors with codes and
 * backtraces, options of engines and stores, modules by name, WASI with folders, policies and
 * sockets, host functions and calls without boxing, views of memory, fuel, interruption.
 *
 * Ownership, threads and misuse are as in wasm.h, but for what a function says itself. Texts are
 * UTF-8 and end with a zero. Options are structs that begin with their size: set it with sizeof,
 * leave the rest zero for defaults. A library that is newer than the program takes what is there;
 * one that is older refuses what it does not know, unless that is zero.
 * A function that can fail answers an error, NULL for success; then its `out` parameter is set.
 *
 * ABI: docs/guide/c-api.md says what may change in which version. */
#ifndef SKERRY_H
#define SKERRY_H

#include "wasm.h"

/* The names are C's.
 * NOLINTBEGIN(readability-identifier-naming, modernize-use-nullptr) */

#define own

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors --------------------------------------------------------------------------------- */

/* Why something failed. The caller's to delete. */
typedef struct skerry_error_t skerry_error_t;

WASM_API_EXTERN void skerry_error_delete(own skerry_error_t*);
/* The error's name, such as "TrapUnreachable" or "PolicyDenied": stable. Lives as long
 * as the program. */
WASM_API_EXTERN const char* skerry_error_name(const skerry_error_t*);
/* What a person is told, in one line or more, with the place and the backtrace if there is one.
 * Lives as long as the error. */
WASM_API_EXTERN const char* skerry_error_message(const skerry_error_t*);
/* Has the program ended itself (proc_exit)? Then `status` is set: that is no failure of Wasm's. */
WASM_API_EXTERN bool skerry_error_is_exit(const skerry_error_t*, uint32_t* status);

/* An error of a host function's own making, for it to return. */
WASM_API_EXTERN own skerry_error_t* skerry_error_new(const char* message);
/* The same error once more, such as that of a call inside a host function, for it to return. */
WASM_API_EXTERN own skerry_error_t* skerry_error_copy(const skerry_error_t*);

/* ---- Engines and modules -------------------------------------------------------------------- */

enum skerry_tier_t { SKERRY_TIER_AUTO, SKERRY_TIER_BASELINE, SKERRY_TIER_LLVM };

typedef struct {
  size_t struct_size;
  uint32_t tier; /* skerry_tier_t; AUTO: baseline first, and what is hot by LLVM, if installed */
  uint32_t has_fuel;  /* 1: code counts fuel */
  uint32_t has_cache; /* 1: machine code is kept in the user's code cache and found there */
} skerry_engine_options_t;

/* Options may be NULL. */
WASM_API_EXTERN own skerry_error_t* skerry_engine_new(const skerry_engine_options_t*,
                                                      own wasm_engine_t** out);

/* A module in the binary or the text format, or with machine code that this user made; validated
 * and ready. `name` is what errors call it. The bytes are copied. Any thread. */
WASM_API_EXTERN own skerry_error_t* skerry_module_new(const wasm_engine_t*, const char* name,
                                                      const void* bytes, size_t size,
                                                      own wasm_shared_module_t** out);

/* The same with a say in whose machine code may run; options may be NULL. Code runs with the rights
 * of this process: without options only what this user made. */
typedef struct {
  size_t struct_size;
  const char* const* trusted_keys; /* what `skerry key new` printed: whose signatures are taken */
  size_t trusted_key_count;
  uint32_t trust_native; /* 1: any code is taken */
} skerry_module_options_t;
WASM_API_EXTERN own skerry_error_t* skerry_module_load(const wasm_engine_t*, const char* name,
                                                       const void* bytes, size_t size,
                                                       const skerry_module_options_t*,
                                                       own wasm_shared_module_t** out);
/* Why machine code that came with the module is not used, so that it is compiled as it runs; "" if
 * there is nothing to say. Lives as long as the module. */
WASM_API_EXTERN const char* skerry_module_note(const wasm_shared_module_t*);
/* Whether the module has a start function: instantiating it runs Wasm only then. False of NULL. Any
 * thread. */
WASM_API_EXTERN bool skerry_module_has_start(const wasm_shared_module_t*);

typedef struct {
  size_t struct_size;
  uint32_t jobs;           /* threads; 0: one a processor */
  const char* signing_key; /* what is in the file that `skerry key new` wrote; NULL: not signed */
} skerry_compile_options_t;

/* Compiles all of a module ahead of time, with the engine's tier, which must not be AUTO: for this
 * processor's kind and the engine's options. `out` is the module in the binary format, with its
 * machine code under this user's key and the signature. A user without a key, and no signature:
 * loading it takes trust_native. Options may be NULL. Any thread. */
WASM_API_EXTERN own skerry_error_t* skerry_compile(const wasm_engine_t*, const char* name,
                                                   const void* bytes, size_t size,
                                                   const skerry_compile_options_t*,
                                                   own wasm_byte_vec_t* out);

/* ---- Stores --------------------------------------------------------------------------------- */

typedef struct {
  size_t struct_size;
  uint64_t memory_bytes;     /* of all memories together; 0: no limit */
  uint64_t table_elements;   /* of all tables together; 0: 10,000,000 */
  uint64_t instances;        /* 0: 10,000 */
  uint64_t wasm_stack_bytes; /* of calls; 0: 1 MiB */
} skerry_store_options_t;

WASM_API_EXTERN own skerry_error_t* skerry_store_new(const wasm_engine_t*,
                                                     const skerry_store_options_t*,
                                                     own wasm_store_t** out);

/* Fuel of an engine that counts it: calls that use more trap "TrapOutOfFuel". */
WASM_API_EXTERN void skerry_store_set_fuel(wasm_store_t*, uint64_t fuel);
WASM_API_EXTERN uint64_t skerry_store_fuel(const wasm_store_t*);

/* The stack that the next calls run on, where a program switches stacks: its lowest address and the
 * one behind its highest. Two zeros: the thread's own. */
WASM_API_EXTERN void skerry_store_set_stack(wasm_store_t*, uintptr_t low, uintptr_t high);

/* Interruption, from any thread, also after the store is deleted: what runs in the store, or is
 * called next, traps "TrapInterrupted". */
typedef struct skerry_interrupt_t skerry_interrupt_t;
WASM_API_EXTERN own skerry_interrupt_t* skerry_store_interrupt_new(const wasm_store_t*);
WASM_API_EXTERN void skerry_interrupt_delete(own skerry_interrupt_t*);
WASM_API_EXTERN void skerry_interrupt(const skerry_interrupt_t*);
/* Takes a request back that nothing has answered yet. The store's thread. */
WASM_API_EXTERN void skerry_store_clear_interrupt(wasm_store_t*);

/* ---- Linking -------------------------------------------------------------------------------- */

/* What imports are looked up in, by module and name. Belongs to a store. */
typedef struct skerry_linker_t skerry_linker_t;
WASM_API_EXTERN own skerry_linker_t* skerry_linker_new(wasm_store_t*);
WASM_API_EXTERN void skerry_linker_delete(own skerry_linker_t*);

/* A host function. Its arguments are in `slots`, one after another, and so it leaves its results:
 * i32 and f32 in the low half, bits of f64, references as they are; a v128 takes two. `caller` is
 * good until it returns. An error, which it gives away, unwinds Wasm and is what the call answers.
 */
typedef struct skerry_caller_t skerry_caller_t;
typedef own skerry_error_t* (*skerry_host_func_t)(void* env, skerry_caller_t* caller,
                                                  uint64_t* slots);

/* The memory of the instance that calls: what it exports as "memory", else its first; NULL and 0 if
 * it has none. Good until the instance runs again. */
WASM_API_EXTERN void skerry_caller_memory(const skerry_caller_t*, uint8_t** data, size_t* size);

/* `type`: parameters and results by letters, as "iI:f": i i32, I i64, f f32, F f64, v v128, c
 * funcref, e externref. `finalizer`, if any, is called with env when the store goes. */
WASM_API_EXTERN own skerry_error_t* skerry_linker_define_func(skerry_linker_t*, const char* module,
                                                              const char* name, const char* type,
                                                              skerry_host_func_t func, void* env,
                                                              void (*finalizer)(void*));
/* All exports of an instance, under one module name. */
WASM_API_EXTERN own skerry_error_t* skerry_linker_define_instance(skerry_linker_t*,
                                                                  const char* module,
                                                                  const wasm_instance_t*);

/* WASI preview1 (and WasmEdge's sockets): what a program is given. Taken by define_wasi. */
typedef struct skerry_wasi_t skerry_wasi_t;
WASM_API_EXTERN own skerry_wasi_t* skerry_wasi_new(void);
WASM_API_EXTERN void skerry_wasi_delete(own skerry_wasi_t*);
/* The first argument is the program's name. */
WASM_API_EXTERN own skerry_error_t* skerry_wasi_add_argument(skerry_wasi_t*, const char* text);
WASM_API_EXTERN own skerry_error_t* skerry_wasi_add_variable(skerry_wasi_t*, const char* name,
                                                             const char* value);
enum skerry_access_t {
  SKERRY_ACCESS_READ = 1,
  SKERRY_ACCESS_WRITE = 2,
  SKERRY_ACCESS_CREATE = 4,
  SKERRY_ACCESS_DELETE = 8,
  SKERRY_ACCESS_ALL = 15
};
WASM_API_EXTERN own skerry_error_t* skerry_wasi_add_folder(skerry_wasi_t*, const char* guest_path,
                                                           const char* host_path, uint32_t access);
/* Rules of a policy file (its text): of the network and process.exit. */
WASM_API_EXTERN own skerry_error_t* skerry_wasi_set_policy(skerry_wasi_t*, const char* toml);
/* Nothing is read, and what is written is forgotten, where these are 0; default: the process's own.
 */
WASM_API_EXTERN void skerry_wasi_inherit_stdio(skerry_wasi_t*, bool input, bool output, bool error);
/* A standard stream (0 input, 1 output, 2 error) of the host's own. `stream` reads into `data`, or
 * takes what is there, and answers of how many bytes: at most `size`; 0 when reading is the end;
 * SIZE_MAX a failure, which the program sees as an errno. It runs on the store's thread, may wait,
 * and must not use the store. `finalizer`, if any, is called with env when the store goes, or the
 * wasi if no linker takes it. */
typedef size_t (*skerry_stream_t)(void* env, uint8_t* data, size_t size);
WASM_API_EXTERN own skerry_error_t* skerry_wasi_set_stream(skerry_wasi_t*, uint32_t which,
                                                           skerry_stream_t stream, void* env,
                                                           void (*finalizer)(void*));

/* What another policy is put in force through while the program runs. Made before define_wasi takes
 * the wasi; used from any thread, also when the store or the wasi is gone, and then to no effect.
 */
typedef struct skerry_gate_t skerry_gate_t;
WASM_API_EXTERN own skerry_gate_t* skerry_wasi_gate_new(const skerry_wasi_t*);
WASM_API_EXTERN void skerry_gate_delete(own skerry_gate_t*);
/* The text of a policy file, in force from the program's next call on. A folder keeps what the
 * policy allows it, if that names its guest path and, letter by letter, the host path that it was
 * added with; never more than it was added with. Other folders, and sockets whose address is not
 * allowed, answer ENOTCAPABLE. Variables, streams and limits but for connections stay as they are.
 * An error: the policy that is in force stays. */
WASM_API_EXTERN own skerry_error_t* skerry_gate_set_policy(const skerry_gate_t*, const char* toml);

WASM_API_EXTERN own skerry_error_t* skerry_linker_define_wasi(skerry_linker_t*, own skerry_wasi_t*);

/* Functions of native libraries, as the manifest at this path says
 * (docs/guide/native-libraries.md). A library is loaded when a module is instantiated that imports
 * something of it, from beside the program, the folders that the manifest lists, relative to
 * itself, or the system's; what the linker is given otherwise goes before. Native code is not
 * sandboxed: its functions run with the rights of this process, and none of them can be
 * interrupted. `policy` is the text of a policy file, whose host.libraries then have to name each
 * function; NULL: the manifest is the grant. */
WASM_API_EXTERN own skerry_error_t* skerry_linker_define_libraries(skerry_linker_t*,
                                                                   const char* manifest_path,
                                                                   const char* policy);

/* Imports by name; runs the start function, but neither _start nor _initialize. */
WASM_API_EXTERN own skerry_error_t* skerry_linker_instantiate(skerry_linker_t*,
                                                              const wasm_shared_module_t*,
                                                              own wasm_instance_t** out);

/* ---- Calls without boxing ------------------------------------------------------------------- */

/* An exported func with its type checked once. Keeps the store. */
typedef struct skerry_func_t skerry_func_t;
/* `type` as in skerry_linker_define_func; NULL takes any. */
WASM_API_EXTERN own skerry_error_t* skerry_instance_func(const wasm_instance_t*, const char* name,
                                                         const char* type, own skerry_func_t** out);
WASM_API_EXTERN void skerry_func_delete(own skerry_func_t*);
/* How many slots a call needs: for the arguments or the results, whichever are more. */
WASM_API_EXTERN size_t skerry_func_slots(const skerry_func_t*);
/* Its type by letters, as in skerry_linker_define_func ('?': a type without one). Lives as long as
 * the func. */
WASM_API_EXTERN const char* skerry_func_type(const skerry_func_t*);
/* Slots as in skerry_host_func_t: arguments before, results after. There must be skerry_func_slots
 * of them, and references must be of the same store: neither is checked. */
WASM_API_EXTERN own skerry_error_t* skerry_func_call(const skerry_func_t*, uint64_t* slots);

/* The same call on a thread of the library's own. `callback` runs there when it is done, with the
 * error that it answers, or NULL; the store may be used again, by one thread, also in the callback.
 * `slots` must stay until then; the func and the store may be deleted: the store stays, and its
 * finalizers may run on that thread.
 *
 * Meanwhile the store is that thread's: on others, calls of its funcs, making instances, fibers and
 * further calls like this one answer an error or a trap; interruption works. Everything else that
 * is of the store (memories, globals, linkers, fuel ...) must be left alone, which is not checked,
 * as it is not whether the store is in a call of yours when this one begins. An error here: nothing
 * was begun, and callback is not called. */
typedef void (*skerry_done_t)(void* env, own skerry_error_t* error);
WASM_API_EXTERN own skerry_error_t* skerry_func_call_async(const skerry_func_t*, uint64_t* slots,
                                                           skerry_done_t callback, void* env);

/* An exported memory; NULL if there is none of that name. Grows move its end, never its bytes. */
WASM_API_EXTERN own wasm_memory_t* skerry_instance_memory(const wasm_instance_t*, const char* name);

/* Where a memory is: read it anew after anything that may have run the guest. Lives as long as the
 * store; another thread must not read it while the guest runs. */
typedef struct {
  uint8_t* data;
  uint64_t size_bytes;
} skerry_memory_bounds_t;
WASM_API_EXTERN const skerry_memory_bounds_t* skerry_memory_bounds(const wasm_memory_t*);

/* ---- Calls on a stack of their own ---------------------------------------------------------- */

/* For hosts that C cannot call back and whose own stacks are no place for C, such as Go without
 * cgo. A fiber is a stack for the calls of one store. What runs on it is left in the middle where
 * the host has to do something, and gone on with afterwards, on the same thread or another:
 *
 *   fiber->body = skerry_fiber_call, fiber->func = ..., fiber->slots = ...;
 *   state = switches->start_from_c(fiber);
 *   while (state != SKERRY_FIBER_DONE) {
 *     ... what the state asks for ...
 *     state = switches->resume_from_c(fiber);
 *   }
 *
 * While it is left a further call may be started; it must be done before the first is gone on with.
 * One thread at a time uses a fiber. While `keeps_thread` is not 0 it must stay the same one. */
typedef struct skerry_fiber_t skerry_fiber_t;

enum skerry_fiber_state_t {
  SKERRY_FIBER_DONE,
  /* The host function `host_function` is called, with its arguments in `host_slots`, which it
   * leaves its results in. If it fails it sets `error`, which it gives away. */
  SKERRY_FIBER_HOST,
  /* Somebody wants the thread: skerry_pause_on_signal. */
  SKERRY_FIBER_PAUSE,
  /* What follows may wait for the system, until the next state. Never while `is_blocking`. */
  SKERRY_FIBER_BLOCK,
  /* What might have waited has been done. */
  SKERRY_FIBER_UNBLOCK
};

enum { SKERRY_FIBER_SLOTS = 64 };

struct skerry_fiber_t {
  void* for_switches[3];
  void (*body)(skerry_fiber_t*); /* what start runs: one of the functions below */
  uintptr_t stack_low, stack_high;
  uint64_t of_the_thread[4];
  /* The calls that follow may wait as long as they like: the host holds up nobody. */
  uint64_t is_blocking;
  /* skerry_fiber_call: slots as in skerry_func_call, such as own_slots. */
  const skerry_func_t* func;
  uint64_t* slots;
  uint64_t count; /* skerry_fiber_call_many: calls to make; afterwards those not made */
  /* skerry_fiber_instantiate. */
  skerry_linker_t* linker;
  const wasm_shared_module_t* module;
  own wasm_instance_t* instance;
  own skerry_error_t* error; /* why it failed; NULL if not */
  /* SKERRY_FIBER_HOST. */
  uint64_t host_function;
  uint64_t* host_slots;
  const void* caller; /* skerry_instance_id of the instance that calls; NULL: the host itself */
  uint64_t own_slots[SKERRY_FIBER_SLOTS];
  /* So many functions of native libraries that may call Wasm are in progress: what they keep is
   * the thread's. Changes before SKERRY_FIBER_BLOCK and after SKERRY_FIBER_UNBLOCK. */
  uint64_t keeps_thread;
};

/* One a store; it keeps the store. Its stack has what the store's options allow Wasm, and room for
 * the engine. */
WASM_API_EXTERN own skerry_error_t* skerry_fiber_new(wasm_store_t*, own skerry_fiber_t** out);
/* Not while something runs on it or is left. */
WASM_API_EXTERN void skerry_fiber_delete(own skerry_fiber_t*);

/* Bodies: skerry_func_call and skerry_linker_instantiate, with the fields above. */
WASM_API_EXTERN void skerry_fiber_call(skerry_fiber_t*);
/* The same `count` times, each with its own slots (skerry_func_slots) behind those of the last;
 * ends at the first that fails. */
WASM_API_EXTERN void skerry_fiber_call_many(skerry_fiber_t*);
WASM_API_EXTERN void skerry_fiber_instantiate(skerry_fiber_t*);

/* Answers a skerry_fiber_state_t. */
typedef uint32_t (*skerry_fiber_switch_t)(skerry_fiber_t*);

typedef struct {
  size_t struct_size;
  /* For assembly: they need 16 bytes of stack and keep no register but the stack pointer. Where the
   * answer is not 0, rcx (Windows: rdx) has the address that start returns to. Who pushes that and
   * jumps to resume, instead of calling it, has all returns predicted. */
  skerry_fiber_switch_t start, resume;
  /* For C. */
  skerry_fiber_switch_t start_from_c, resume_from_c;
} skerry_fiber_switches_t;
WASM_API_EXTERN const skerry_fiber_switches_t* skerry_fiber_switches(void);

/* Machine code that is made from now on, by any engine, lies in the same 4 GiB of addresses as
 * this, where there is room: processors spend more on calls that lead out of them. For hosts that
 * make many short calls: a function of theirs. NULL, as at first: where the system puts it. Any
 * thread. */
WASM_API_EXTERN void skerry_place_code_near(const void* address);

/* A quicker `start` for calls of this func, or of others that have its type and engine; `body` is
 * skerry_fiber_call. As long as the engine. */
WASM_API_EXTERN skerry_fiber_switch_t skerry_func_start(const skerry_func_t*);

/* A host function that is done by whoever runs the fiber. Called otherwise it fails. */
WASM_API_EXTERN own skerry_error_t* skerry_linker_define_fiber_func(skerry_linker_t*,
                                                                    const char* module,
                                                                    const char* name,
                                                                    const char* type,
                                                                    uint64_t host_function);

/* The same at the end of the table of funcs that the instance exports by this name, which it makes
 * larger; for the rest of the store's life. `index` is what call_indirect finds it by: in modules
 * made of C, where the table is "__indirect_function_table", a pointer to a function. */
WASM_API_EXTERN own skerry_error_t* skerry_instance_add_fiber_func(const wasm_instance_t*,
                                                                   const char* table,
                                                                   const char* type,
                                                                   uint64_t host_function,
                                                                   uint64_t* index);

/* A standard stream (0 input, 1 output, 2 error) that whoever runs the fiber reads from or writes
 * to: a SKERRY_FIBER_HOST whose slots are an address and a count of bytes. The first receives how
 * many were read (0: the end) or written; ~0: it failed, which the program sees as an errno. */
WASM_API_EXTERN own skerry_error_t* skerry_wasi_set_fiber_stream(skerry_wasi_t*, uint32_t stream,
                                                                 uint64_t host_function);

/* What SKERRY_FIBER_HOST knows an instance by. */
WASM_API_EXTERN const void* skerry_instance_id(const wasm_instance_t*);

/* Lets a signal that is sent to a thread pause the fiber that runs there, soon. A handler that was
 * there before runs as well. One signal a process; not on Windows. */
WASM_API_EXTERN own skerry_error_t* skerry_pause_on_signal(int signal);
/* Pauses what runs on the fiber about so often, where there are no such signals. 0: no more. */
WASM_API_EXTERN void skerry_fiber_pause_every(skerry_fiber_t*, uint64_t period_ns);

#undef own

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming, modernize-use-nullptr) */
#endif /* SKERRY_H */
