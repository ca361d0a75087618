// Names, buffers and results that do not lie in memory, for each function that bad_values.c leaves
// out: a fault, and nothing is done. (Sockets: sockets.c.)
// @dir
// @file data hello
// @env A=b
// @peer-differs wasmtime ends the program
#include "calls.h"

#define IMPORT(name) \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int raw_##name

enum { FAULT = __WASI_ERRNO_FAULT, BAD = 0xfffffff0u };

// Addresses as numbers.
typedef uint32_t at;
IMPORT(path_open)(int, int, at, uint32_t, int, uint64_t, uint64_t, int, at);
IMPORT(path_filestat_get)(int, int, at, uint32_t, at);
IMPORT(path_filestat_set_times)(int, int, at, uint32_t, uint64_t, uint64_t, int);
IMPORT(path_create_directory)(int, at, uint32_t);
IMPORT(path_remove_directory)(int, at, uint32_t);
IMPORT(path_unlink_file)(int, at, uint32_t);
IMPORT(path_readlink)(int, at, uint32_t, at, uint32_t, at);
IMPORT(path_rename)(int, at, uint32_t, int, at, uint32_t);
IMPORT(path_link)(int, int, at, uint32_t, int, at, uint32_t);
IMPORT(path_symlink)(at, uint32_t, int, at, uint32_t);

static at address(const void* pointer) { return (at)(uintptr_t)pointer; }

static const char kName[] = "data";
static __wasi_size_t count;

static void names(void) {
  static __wasi_filestat_t stat;
  static __wasi_fd_t fd;
  static uint8_t buffer[8];
  const at end = (at)(__builtin_wasm_memory_size(0) * 65536);
  const at bad[] = {BAD, end, end - 3};
  for (size_t i = 0; i < 3; ++i) {
    const at name = bad[i];
    CHECK_ERRNO(raw_path_open(ROOT, 0, name, 4, __WASI_OFLAGS_CREAT, READ, 0, 0, address(&fd)),
                FAULT);
    CHECK_ERRNO(raw_path_filestat_get(ROOT, 0, name, 4, address(&stat)), FAULT);
    CHECK_ERRNO(raw_path_filestat_set_times(ROOT, 0, name, 4, 1, 1, 1), FAULT);
    CHECK_ERRNO(raw_path_create_directory(ROOT, name, 4), FAULT);
    CHECK_ERRNO(raw_path_remove_directory(ROOT, name, 4), FAULT);
    CHECK_ERRNO(raw_path_unlink_file(ROOT, name, 4), FAULT);
    CHECK_ERRNO(raw_path_readlink(ROOT, name, 4, address(buffer), 8, address(&count)), FAULT);
    CHECK_ERRNO(raw_path_rename(ROOT, name, 4, ROOT, address("new"), 3), FAULT);
    CHECK_ERRNO(raw_path_rename(ROOT, address(kName), 4, ROOT, name, 4), FAULT);
    CHECK_ERRNO(raw_path_link(ROOT, 0, name, 4, ROOT, address("new"), 3), FAULT);
    CHECK_ERRNO(raw_path_link(ROOT, 0, address(kName), 4, ROOT, name, 4), FAULT);
    CHECK_ERRNO(raw_path_symlink(name, 4, ROOT, address("new"), 3), FAULT);
    CHECK_ERRNO(raw_path_symlink(address(kName), 4, ROOT, name, 4), FAULT);
  }
  CHECK(file_holds(kName, "hello") && type_of("new") == -1);
}

static void results_of_paths(void) {
  static uint8_t buffer[8];
  CHECK_ERRNO(raw_path_open(ROOT, 0, address("made"), 4, __WASI_OFLAGS_CREAT, READ, 0, 0, BAD),
              FAULT);
  CHECK(type_of("made") == -1);  // found before anything was made
  CHECK_ERRNO(raw_path_filestat_get(ROOT, 0, address(kName), 4, BAD), FAULT);
  CHECK_ERRNO(__wasi_path_symlink(kName, ROOT, "link"), OK);
  CHECK_ERRNO(raw_path_readlink(ROOT, address("link"), 4, address(buffer), 8, BAD), FAULT);
  CHECK_ERRNO(raw_path_readlink(ROOT, address("link"), 4, BAD, 8, address(&count)), FAULT);
}

static void arguments_and_variables(void) {
  uint8_t* pointers[4];
  uint8_t text[64];
  void* const bad = (void*)(uintptr_t)BAD;
  CHECK_ERRNO(__wasi_args_sizes_get(&count, bad), FAULT);
  CHECK_ERRNO(__wasi_args_get(pointers, bad), FAULT);
  CHECK_ERRNO(__wasi_environ_sizes_get(bad, &count), FAULT);
  CHECK_ERRNO(__wasi_environ_sizes_get(&count, bad), FAULT);
  CHECK_ERRNO(__wasi_environ_get(bad, text), FAULT);
  CHECK_ERRNO(__wasi_environ_get(pointers, bad), FAULT);
  CHECK_ERRNO(__wasi_clock_res_get(__WASI_CLOCKID_REALTIME, bad), FAULT);
}

static void data(void) {
  static uint8_t byte = 'x';
  const __wasi_ciovec_t good = {&byte, 1}, beyond = {(uint8_t*)(uintptr_t)BAD, 64};
  const __wasi_ciovec_t mixed[2] = {good, beyond};
  void* const bad = (void*)(uintptr_t)BAD;
  const __wasi_fd_t fd = make_open("written", "text");
  __wasi_subscription_t timer = {.u = {.tag = __WASI_EVENTTYPE_CLOCK}};
  __wasi_event_t event;
  CHECK_ERRNO(__wasi_fd_pwrite(fd, &beyond, 1, 0, &count), FAULT);
  CHECK_ERRNO(__wasi_fd_pwrite(fd, mixed, 2, 0, &count), FAULT);
  CHECK_ERRNO(__wasi_fd_pwrite(fd, &good, 1, 0, bad), FAULT);
  CHECK_ERRNO(__wasi_fd_write(fd, mixed, 2, &count), FAULT);
  CHECK_ERRNO(__wasi_fd_write(fd, &good, 1, bad), FAULT);
  CHECK_ERRNO(__wasi_fd_tell(fd, bad), FAULT);
  CHECK_ERRNO(__wasi_fd_readdir(ROOT, &byte, 1, 0, bad), FAULT);
  CHECK_ERRNO(__wasi_poll_oneoff(&timer, bad, 1, &count), FAULT);
  CHECK_ERRNO(__wasi_poll_oneoff(&timer, &event, 1, bad), FAULT);
  CHECK(holds(fd, "text"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

int main(void) {
  CASE(names);
  CASE(results_of_paths);
  CASE(arguments_and_variables);
  CASE(data);
  return finish();
}
