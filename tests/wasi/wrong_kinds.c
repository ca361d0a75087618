// Each function on descriptors of the wrong kind: a closed one, a stream, a file, a folder. Not
// here: what a descriptor of the right kind lacks a right for (rights.c).
// @dir
// @file data text
// @stdin nothing
// @peer-skips paths_from_files_and_streams wasmtime answers badf
// @peer-skips bytes_of_folders wasmtime answers badf
// @peer-skips positions_of_folders wasmtime answers badf
#include "calls.h"

static uint8_t byte;
static const __wasi_iovec_t kIn = {&byte, 1};
static const __wasi_ciovec_t kOut = {&byte, 1};
static __wasi_size_t count;
static __wasi_filesize_t position;
static __wasi_filestat_t filestat;

static void closed_descriptors(void) {
  static const __wasi_fd_t kNumbers[] = {CLOSED, 0x7fffffff, 0x80000000u, UINT32_MAX};
  for (size_t i = 0; i < sizeof(kNumbers) / sizeof(*kNumbers); ++i) {
    const __wasi_fd_t fd = kNumbers[i];
    CHECK_ERRNO(__wasi_fd_read(fd, &kIn, 1, &count), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_write(fd, &kOut, 1, &count), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_pread(fd, &kIn, 1, 0, &count), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_pwrite(fd, &kOut, 1, 0, &count), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &position), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_tell(fd, &position), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_NORMAL), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_allocate(fd, 0, 1), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_sync(fd), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_datasync(fd), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_filestat_get(fd, &filestat), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 0), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_filestat_set_times(fd, 0, 0, 0), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_path_filestat_get(fd, 0, "data", &filestat), __WASI_ERRNO_BADF);
    CHECK_ERRNO(__wasi_fd_close(fd), __WASI_ERRNO_BADF);
  }
}

// A path needs a folder to start from.
static void paths_from(__wasi_fd_t fd) {
  const __wasi_errno_t expected = __WASI_ERRNO_NOTDIR;
  __wasi_fd_t opened;
  CHECK_ERRNO(__wasi_path_open(fd, 0, "data", 0, READ, 0, 0, &opened), expected);
  CHECK_ERRNO(__wasi_path_filestat_get(fd, 0, "data", &filestat), expected);
  CHECK_ERRNO(__wasi_path_filestat_set_times(fd, 0, "data", 0, 0, 0), expected);
  CHECK_ERRNO(__wasi_path_create_directory(fd, "new"), expected);
  CHECK_ERRNO(__wasi_path_remove_directory(fd, "data"), expected);
  CHECK_ERRNO(__wasi_path_unlink_file(fd, "data"), expected);
  CHECK_ERRNO(__wasi_path_readlink(fd, "data", &byte, 1, &count), expected);
  CHECK_ERRNO(__wasi_path_symlink("data", fd, "new"), expected);
  CHECK_ERRNO(__wasi_path_link(fd, 0, "data", ROOT, "new"), expected);
  CHECK_ERRNO(__wasi_path_link(ROOT, 0, "data", fd, "new"), expected);
  CHECK_ERRNO(__wasi_path_rename(fd, "data", ROOT, "new"), expected);
  CHECK_ERRNO(__wasi_path_rename(ROOT, "data", fd, "new"), expected);
  CHECK_ERRNO(__wasi_fd_readdir(fd, &byte, 1, 0, &count), expected);
}

static void paths_from_files_and_streams(void) {
  __wasi_fd_t file = CLOSED;
  CHECK_ERRNO(open_as("data", 0, 0, READ, 0, &file), OK);
  paths_from(file);
  paths_from(0);
  paths_from(1);
  CHECK_ERRNO(__wasi_fd_close(file), OK);
  CHECK(file_holds("data", "text") && type_of("new") == -1);
}

static void bytes_of_folders(void) {
  CHECK_ERRNO(__wasi_fd_read(ROOT, &kIn, 1, &count), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_write(ROOT, &kOut, 1, &count), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_pread(ROOT, &kIn, 1, 0, &count), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_pwrite(ROOT, &kOut, 1, 0, &count), __WASI_ERRNO_ISDIR);
}

static void positions_of_folders(void) {
  CHECK_ERRNO(__wasi_fd_seek(ROOT, 0, __WASI_WHENCE_SET, &position), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_tell(ROOT, &position), __WASI_ERRNO_ISDIR);
}

static void positions_of_streams(void) {
  for (__wasi_fd_t fd = 0; fd < 3; ++fd) {
    CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &position), __WASI_ERRNO_SPIPE);
    CHECK_ERRNO(__wasi_fd_tell(fd, &position), __WASI_ERRNO_SPIPE);
  }
  CHECK_ERRNO(__wasi_fd_pread(0, &kIn, 1, 0, &count), __WASI_ERRNO_SPIPE);
  CHECK_ERRNO(__wasi_fd_pwrite(1, &kOut, 1, 0, &count), __WASI_ERRNO_SPIPE);
}

static void against_the_stream(void) {
  CHECK_ERRNO(__wasi_fd_write(0, &kOut, 1, &count), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_read(1, &kIn, 1, &count), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_read(2, &kIn, 1, &count), __WASI_ERRNO_BADF);
}

static void sockets(void) {
  __wasi_roflags_t flags;
  __wasi_fd_t accepted, file = CLOSED;
  CHECK_ERRNO(open_as("data", 0, 0, READ, 0, &file), OK);
  const __wasi_fd_t numbers[] = {0, 1, ROOT, file, CLOSED};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i) {
    const __wasi_fd_t fd = numbers[i];
    const __wasi_errno_t expected = fd == CLOSED ? __WASI_ERRNO_BADF : __WASI_ERRNO_NOTSOCK;
    CHECK_ERRNO(__wasi_sock_accept(fd, 0, &accepted), expected);
    CHECK_ERRNO(__wasi_sock_recv(fd, &kIn, 1, 0, &count, &flags), expected);
    CHECK_ERRNO(__wasi_sock_send(fd, &kOut, 1, 0, &count), expected);
    CHECK_ERRNO(__wasi_sock_shutdown(fd, __WASI_SDFLAGS_RD), expected);
  }
  CHECK_ERRNO(__wasi_fd_close(file), OK);
}

int main(void) {
  CASE(closed_descriptors);
  CASE(paths_from_files_and_streams);
  CASE(bytes_of_folders);
  CASE(positions_of_folders);
  CASE(positions_of_streams);
  CASE(against_the_stream);
  CASE(sockets);
  return finish();
}
