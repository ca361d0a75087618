// Pointers that lead out of memory are faults, whatever the function, and nothing is done before;
// numbers that mean nothing are invalid. The program lives on.
// @dir
// @file data hello
// @peer-differs wasmtime ends the program
#include "check.h"

static void* nowhere(void) {
  volatile uintptr_t address = 0xfffffff0u;  // kept from the compiler, which knows better
  return (void*)address;
}

int main(void) {
  enum { kFault = __WASI_ERRNO_FAULT };
  void* const bad = nowhere();
  uint8_t* const end = (uint8_t*)(__builtin_wasm_memory_size(0) * 65536);
  __wasi_fd_t fd;
  __wasi_size_t count, used;
  __wasi_filesize_t position;
  uint8_t buffer[64];
  CHECK_ERRNO(
      __wasi_path_open(3, 0, "data", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK, 0, 0, &fd),
      OK);

  __wasi_iovec_t good = {buffer, sizeof(buffer)};
  const __wasi_iovec_t lists[] = {
      {bad, 64}, {buffer, 0xffffffffu}, {end - 1, 2}, {end, 1}, {(uint8_t*)8, 0xfffffffcu}};
  for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); ++i) {
    CHECK_ERRNO(__wasi_fd_read(fd, &lists[i], 1, &count), kFault);
    CHECK_ERRNO(__wasi_fd_pread(fd, &lists[i], 1, 0, &count), kFault);
    CHECK_ERRNO(__wasi_fd_write(1, (const __wasi_ciovec_t*)&lists[i], 1, &count), kFault);
  }
  const __wasi_iovec_t empty_at_end = {end, 0};
  CHECK_ERRNO(__wasi_fd_read(fd, &empty_at_end, 1, &count), OK);
  CHECK_ERRNO(__wasi_fd_read(fd, bad, 1, &count), kFault);
  CHECK_ERRNO(__wasi_fd_read(fd, (__wasi_iovec_t*)(end - 8), 2, &count), kFault);
  CHECK_ERRNO(__wasi_fd_read(fd, &good, 1025, &count), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_read(fd, &good, 0xffffffffu, &count), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_read(fd, &good, 1, bad), kFault);
  CHECK_ERRNO(__wasi_fd_read(fd, &good, 1, (__wasi_size_t*)(end - 3)), kFault);
  // None of that has moved the position.
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &position), OK);
  CHECK(position == 0);

  CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, bad), kFault);
  CHECK_ERRNO(__wasi_fd_fdstat_get(fd, bad), kFault);
  CHECK_ERRNO(__wasi_fd_filestat_get(3, bad), kFault);
  CHECK_ERRNO(__wasi_fd_prestat_get(3, bad), kFault);
  CHECK_ERRNO(__wasi_fd_prestat_dir_name(3, bad, 100), kFault);
  CHECK_ERRNO(__wasi_fd_readdir(3, bad, 100, 0, &used), kFault);
  CHECK_ERRNO(__wasi_fd_readdir(3, buffer, 0xffffffffu, 0, &used), kFault);
  CHECK_ERRNO(__wasi_path_readlink(3, "data", bad, 10, &used), kFault);
  CHECK_ERRNO(__wasi_args_get(bad, buffer), kFault);
  CHECK_ERRNO(__wasi_args_sizes_get(bad, &count), kFault);
  CHECK_ERRNO(__wasi_clock_time_get(0, 0, bad), kFault);
  CHECK_ERRNO(__wasi_random_get(bad, 100), kFault);
  CHECK_ERRNO(__wasi_random_get(buffer, 0xffffffffu), kFault);
  CHECK_ERRNO(__wasi_poll_oneoff(bad, bad, 1, &count), kFault);
  CHECK_ERRNO(__wasi_poll_oneoff((void*)buffer, (void*)buffer, 0x7fffffff, &count),
              __WASI_ERRNO_INVAL);

  __wasi_timestamp_t time;
  CHECK_ERRNO(__wasi_clock_time_get(99, 0, &time), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_clock_res_get(99, &time), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, 77, &position), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_advise(fd, 0, 1, 77), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(fd, 0x8000), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_path_open(3, 0, "data", 0x80, 0, 0, 0, &fd), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_path_filestat_set_times(3, 0, "data", 0, 0, 0x80), __WASI_ERRNO_INVAL);
  return finish();
}
