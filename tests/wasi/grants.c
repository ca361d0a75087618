// A folder that a policy gives: what it does not allow is EACCES, and writing beyond its quota
// EDQUOT, whole or not at all. (Folders in which nothing may be changed: readonly.c.)
// @policy read write create 20
// @file given text
// @peer-differs wasmtime has no policies
#include "calls.h"

enum { ACCES = __WASI_ERRNO_ACCES, DQUOT = __WASI_ERRNO_DQUOT };

static void what_is_allowed(void) {
  CHECK(file_holds("given", "text"));
  CHECK_ERRNO(try_open("made", 0, __WASI_OFLAGS_CREAT, READ), OK);
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, "dir"), OK);
  CHECK_ERRNO(__wasi_path_link(ROOT, 0, "given", ROOT, "dir/linked"), OK);
  CHECK_ERRNO(__wasi_path_symlink("given", ROOT, "link"), OK);
  CHECK(file_holds("link", "text"));
}

static void what_is_not(void) {
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "given"), ACCES);
  CHECK_ERRNO(__wasi_path_remove_directory(ROOT, "dir"), ACCES);
  CHECK_ERRNO(__wasi_path_rename(ROOT, "given", ROOT, "other"), ACCES);
  CHECK(file_holds("given", "text") && type_of("other") == -1);
}

static __wasi_errno_t write_text(__wasi_fd_t fd, const char* text) {
  const __wasi_ciovec_t data = {(const uint8_t*)text, strlen(text)};
  __wasi_size_t count = 0;
  return __wasi_fd_write(fd, &data, 1, &count);
}

static void the_quota(void) {
  __wasi_fd_t a, b;
  const __wasi_ciovec_t data = {(const uint8_t*)"12345", 5};
  __wasi_size_t count;
  CHECK_ERRNO(open_as("a", 0, __WASI_OFLAGS_CREAT, FILE_RIGHTS, 0, &a), OK);
  CHECK_ERRNO(open_as("b", 0, __WASI_OFLAGS_CREAT, FILE_RIGHTS, 0, &b), OK);
  CHECK_ERRNO(write_text(a, "1234567890"), OK);
  CHECK_ERRNO(write_text(b, "12345678901"), DQUOT);
  CHECK(stat_of(b).size == 0);
  CHECK_ERRNO(write_text(b, "12345"), OK);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(b, 100), DQUOT);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(a, 5),
              OK);  // shorter costs nothing, and gives nothing back
  CHECK_ERRNO(__wasi_fd_allocate(b, 0, 100), DQUOT);
  CHECK_ERRNO(__wasi_fd_pwrite(a, &data, 1, 0, &count), OK);
  CHECK_ERRNO(__wasi_fd_pwrite(a, &data, 1, 0, &count), DQUOT);
  CHECK_ERRNO(write_text(b, "x"), DQUOT);
  CHECK(holds(a, "12345") && holds(b, "12345"));
  CHECK_ERRNO(__wasi_fd_close(a), OK);
  CHECK_ERRNO(__wasi_fd_close(b), OK);
}

int main(void) {
  CASE(what_is_allowed);
  CASE(what_is_not);
  CASE(the_quota);
  return finish();
}
