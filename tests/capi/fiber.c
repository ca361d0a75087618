/* Fibers: calls that are left for host functions, for waits and by a signal, gone on with on
 * another thread, and started on top of each other. fiber.wasm is the module. */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>

#include "skerry_program.h"
#ifdef _WIN32
#include <windows.h>
#else
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#endif

static const skerry_fiber_switches_t* switches;
static uint32_t states[5];

/* Does what the fiber is left for: host function 7 adds one, 8 fails. */
static uint32_t go_on(skerry_fiber_t* fiber, uint32_t state) {
  while (state != SKERRY_FIBER_DONE) {
    ++states[state];
    if (state == SKERRY_FIBER_HOST) {
      if (fiber->host_function == 8) fiber->error = skerry_error_new("no");
      fiber->host_slots[0] += 1;
    }
    state = switches->resume_from_c(fiber);
  }
  return state;
}

static uint32_t start(skerry_fiber_t* fiber, const skerry_func_t* func, uint64_t argument) {
  fiber->body = skerry_fiber_call;
  fiber->func = func;
  fiber->slots = fiber->own_slots;
  fiber->own_slots[0] = argument;
  return switches->start_from_c(fiber);
}

/* Goes on with a fiber on a thread of its own. */
typedef struct {
  skerry_fiber_t* fiber;
  uint32_t state;
} on_thread_t;
#ifdef _WIN32
static DWORD WINAPI resume(void* given) {
  on_thread_t* it = given;
  it->state = switches->resume_from_c(it->fiber);
  return 0;
}
static uint32_t resume_on_a_thread(skerry_fiber_t* fiber) {
  on_thread_t it = {fiber, 0};
  HANDLE thread = CreateThread(NULL, 0, resume, &it, 0, NULL);
  CHECK(thread && WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
  CloseHandle(thread);
  return it.state;
}
#else
/* SIGURG, each millisecond, for this thread: what is sent to the process may come to another one,
 * such as the engine's own. */
static timer_t signal_this_thread(void) {
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGURG};
  event._sigev_un._tid = gettid();
  timer_t timer;
  const struct itimerspec every = {{0, 1000000}, {0, 1000000}};
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  CHECK(timer_settime(timer, 0, &every, NULL) == 0);
  return timer;
}

static bool is_signalled = false; /* the thread that goes on with a fiber */
static void* resume(void* given) {
  on_thread_t* it = given;
  timer_t timer = 0;
  if (is_signalled) timer = signal_this_thread();
  it->state = switches->resume_from_c(it->fiber);
  if (is_signalled) timer_delete(timer);
  return NULL;
}
static uint32_t resume_on_a_thread(skerry_fiber_t* fiber) {
  on_thread_t it = {fiber, 0};
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, resume, &it) == 0 && pthread_join(thread, NULL) == 0);
  return it.state;
}

#endif

/* ThreadSanitizer holds signals back until the thread calls something, which a loop of Wasm never
 * does. */
#if !defined(_WIN32) && !defined(__SANITIZE_THREAD__)
#define PAUSES_ON_SIGNALS
static int other_handler_ran = 0;
static void other_handler(int signal) {
  (void)signal;
  other_handler_ran = 1;
}
#endif

int main(int argc, char** argv) {
  wasm_engine_t* engine;
  wasm_shared_module_t* module;
  wasm_store_t* store;
  skerry_fiber_t *fiber, *second;
  CHECK(argc == 2);
  wasm_byte_vec_t bytes = read_module(argv[1]);
  need(skerry_engine_new(NULL, &engine));
  need(skerry_module_new(engine, "fiber", bytes.data, bytes.size, &module));
  wasm_byte_vec_delete(&bytes);
  need(skerry_store_new(engine, NULL, &store));
  need(skerry_fiber_new(store, &fiber));
  CHECK(failed(skerry_fiber_new(store, &second)));
  switches = skerry_fiber_switches();
  CHECK(switches->struct_size == sizeof(*switches));

  skerry_linker_t* linker = skerry_linker_new(store);
  need(skerry_linker_define_fiber_func(linker, "host", "inc", "i:i", 7));
  need(skerry_linker_define_fiber_func(linker, "host", "fail", "i:i", 8));
  skerry_wasi_t* wasi = skerry_wasi_new();
  need(skerry_linker_define_wasi(linker, wasi));
  fiber->body = skerry_fiber_instantiate;
  fiber->linker = linker;
  fiber->module = module;
  /* The start function calls host.inc. */
  CHECK(go_on(fiber, switches->start_from_c(fiber)) == SKERRY_FIBER_DONE && !fiber->error);
  CHECK(states[SKERRY_FIBER_HOST] == 1);
  wasm_instance_t* instance = fiber->instance;
  CHECK(instance && skerry_instance_id(instance));

  skerry_func_t *loop, *fail, *nap, *forever, *twice;
  need(skerry_instance_func(instance, "loop", "i:i", &loop));
  need(skerry_instance_func(instance, "fail", "i:i", &fail));
  need(skerry_instance_func(instance, "nap", ":i", &nap));
  need(skerry_instance_func(instance, "forever", ":", &forever));
  need(skerry_instance_func(instance, "twice", "i:i", &twice));
  CHECK(strcmp(skerry_func_type(twice), "i:i") == 0);

  CHECK(go_on(fiber, start(fiber, loop, 100)) == SKERRY_FIBER_DONE);
  CHECK(!fiber->error && (uint32_t)fiber->own_slots[0] == 5150);
  CHECK(states[SKERRY_FIBER_HOST] == 101);

  CHECK(go_on(fiber, start(fiber, fail, 1)) == SKERRY_FIBER_DONE);
  CHECK(fiber->error && strcmp(skerry_error_message(fiber->error), "no") == 0);
  skerry_error_delete(fiber->error);

  /* Left twice, the second on top of the first; each time another thread goes on. */
  CHECK(start(fiber, loop, 1) == SKERRY_FIBER_HOST);
  CHECK((uint32_t)fiber->host_slots[0] == 1 && fiber->caller == skerry_instance_id(instance));
  uint64_t* outer_slots = fiber->host_slots;
  CHECK(start(fiber, twice, 21) == SKERRY_FIBER_DONE && (uint32_t)fiber->own_slots[0] == 42);
  CHECK(start(fiber, loop, 5) == SKERRY_FIBER_HOST);
  while (fiber->host_slots[0] += 1, resume_on_a_thread(fiber) != SKERRY_FIBER_DONE) continue;
  CHECK(!fiber->error && (uint32_t)fiber->own_slots[0] == 20);
  outer_slots[0] = 77;
  CHECK(resume_on_a_thread(fiber) == SKERRY_FIBER_DONE);
  CHECK(!fiber->error && (uint32_t)fiber->own_slots[0] == 77);

  /* What may wait says so, unless it is told that it may. */
  CHECK(go_on(fiber, start(fiber, nap, 0)) == SKERRY_FIBER_DONE && !fiber->error);
  CHECK(states[SKERRY_FIBER_BLOCK] == 1 && states[SKERRY_FIBER_UNBLOCK] == 1);
  fiber->is_blocking = 1;
  CHECK(start(fiber, nap, 0) == SKERRY_FIBER_DONE && !fiber->error);
  fiber->is_blocking = 0;

  /* Many calls at once. */
  uint64_t many[4] = {1, 2, 3, 4};
  fiber->body = skerry_fiber_call_many;
  fiber->func = twice;
  fiber->slots = many;
  fiber->count = 4;
  CHECK(switches->start_from_c(fiber) == SKERRY_FIBER_DONE && !fiber->error && fiber->count == 0);
  CHECK((uint32_t)many[0] == 2 && (uint32_t)many[3] == 8);

  /* Host functions that are put into a table. */
  skerry_func_t* indirect;
  uint64_t index = 0;
  need(skerry_instance_func(instance, "indirect", "i:i", &indirect));
  need(skerry_instance_add_fiber_func(instance, "table", "i:i", 7, &index));
  CHECK(index == 1);
  CHECK(go_on(fiber, start(fiber, indirect, index)) == SKERRY_FIBER_DONE);
  CHECK(!fiber->error && (uint32_t)fiber->own_slots[0] == 42);
  CHECK(failed(skerry_instance_add_fiber_func(instance, "table", "i:i", 7, &index)));
  CHECK(failed(skerry_instance_add_fiber_func(instance, "externs", "i:i", 7, &index)));
  CHECK(failed(skerry_instance_add_fiber_func(instance, "memory", "i:i", 7, &index)));
  CHECK(failed(skerry_instance_add_fiber_func(instance, "table", "x", 7, &index)));
  skerry_func_delete(indirect);

#ifdef PAUSES_ON_SIGNALS
  /* A signal pauses a loop without end, here and again; then it is interrupted. */
  signal(SIGURG, other_handler);
  need(skerry_pause_on_signal(SIGURG));
  CHECK(failed(skerry_pause_on_signal(SIGUSR1)));
  skerry_interrupt_t* interrupt = skerry_store_interrupt_new(store);
  timer_t timer = signal_this_thread();
  CHECK(start(fiber, forever, 0) == SKERRY_FIBER_PAUSE && other_handler_ran);
  timer_delete(timer);
  is_signalled = true;
  CHECK(resume_on_a_thread(fiber) == SKERRY_FIBER_PAUSE);
  skerry_interrupt(interrupt);
  go_on(fiber, switches->resume_from_c(fiber));
  CHECK(fiber->error && strcmp(skerry_error_name(fiber->error), "TrapInterrupted") == 0);
  skerry_error_delete(fiber->error);
  skerry_interrupt_delete(interrupt);
#endif

  /* Without a fiber's host a host function of its kind fails. */
  uint64_t slots[1] = {3};
  CHECK(failed(skerry_func_call(loop, slots)));

  skerry_func_delete(loop);
  skerry_func_delete(fail);
  skerry_func_delete(nap);
  skerry_func_delete(forever);
  skerry_func_delete(twice);
  wasm_instance_delete(instance);
  skerry_linker_delete(linker);
  skerry_fiber_delete(fiber);
  wasm_store_delete(store);
  wasm_shared_module_delete(module);
  wasm_engine_delete(engine);
  puts("done");
  return 0;
}
