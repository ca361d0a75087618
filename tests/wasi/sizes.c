// How long files are: fd_filestat_set_size, fd_allocate; and what says how they will be used or
// brings them to the disk: fd_advise, fd_sync, fd_datasync.
// @dir
// @peer-skips wrong_kinds wasmtime answers badf
// @peer-skips syncing_folders wasmtime answers badf
#include "calls.h"

static void shrinking_and_growing(void) {
  const __wasi_fd_t fd = make_open("size", "0123456789");
  __wasi_filesize_t position;
  CHECK_ERRNO(__wasi_fd_seek(fd, 8, __WASI_WHENCE_SET, &position), OK);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 4), OK);
  CHECK(stat_of(fd).size == 4 && holds(fd, "0123"));
  CHECK_ERRNO(__wasi_fd_tell(fd, &position), OK);
  CHECK(position == 8);  // the position stays, even behind the end
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 6), OK);
  CHECK(stat_of(fd).size == 6);
  uint8_t found[8];
  const __wasi_iovec_t room = {found, sizeof(found)};
  __wasi_size_t count;
  CHECK_ERRNO(__wasi_fd_pread(fd, &room, 1, 0, &count), OK);
  CHECK(count == 6 && memcmp(found, "0123\0\0", 6) == 0);  // not what was there before
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 6), OK);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 0), OK);
  CHECK(stat_of(fd).size == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 0), __WASI_ERRNO_BADF);
}

static void large_sizes(void) {
  const __wasi_fd_t fd = make_open("large", "x");
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 6ull << 30), OK);  // a hole
  CHECK(stat_of(fd).size == 6ull << 30);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, UINT64_MAX), __WASI_ERRNO_INVAL);
  const __wasi_errno_t error = __wasi_fd_filestat_set_size(fd, INT64_MAX);
  CHECK(error == OK || error == __WASI_ERRNO_FBIG || error == __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 1), OK);
  CHECK(holds(fd, "x"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void read_only_descriptors(void) {
  make("only-read", "text");
  __wasi_fd_t fd;
  CHECK_ERRNO(open_as("only-read", 0, 0, READ, 0, &fd), OK);
  const __wasi_errno_t error = __wasi_fd_filestat_set_size(fd, 0);
  CHECK(error == __WASI_ERRNO_NOTCAPABLE || error == __WASI_ERRNO_INVAL ||
        error == __WASI_ERRNO_BADF);
  CHECK(holds(fd, "text"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void allocating(void) {
  const __wasi_fd_t fd = make_open("allocate", "abc");
  if (__wasi_fd_allocate(fd, 0, 1) == __WASI_ERRNO_NOTSUP) return;  // some file systems do not
  CHECK(stat_of(fd).size == 3);                                     // never shorter
  CHECK_ERRNO(__wasi_fd_allocate(fd, 0, 10), OK);
  CHECK(stat_of(fd).size == 10);
  CHECK_ERRNO(__wasi_fd_allocate(fd, 5, 3), OK);
  CHECK(stat_of(fd).size == 10);
  CHECK_ERRNO(__wasi_fd_allocate(fd, 15, 5), OK);
  CHECK(stat_of(fd).size == 20);
  CHECK_ERRNO(__wasi_fd_allocate(fd, 0, 0), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_allocate(fd, UINT64_MAX, 1), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_allocate(fd, 0, UINT64_MAX), __WASI_ERRNO_INVAL);
  const __wasi_errno_t error = __wasi_fd_allocate(fd, INT64_MAX, INT64_MAX);
  CHECK(error == __WASI_ERRNO_FBIG || error == __WASI_ERRNO_INVAL);
  CHECK(stat_of(fd).size == 20);
  uint8_t found[8] = {0};
  const __wasi_iovec_t room = {found, sizeof(found)};
  __wasi_size_t count;
  CHECK_ERRNO(__wasi_fd_pread(fd, &room, 1, 0, &count), OK);
  CHECK(count == 8 && memcmp(found, "abc\0\0\0\0\0", 8) == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_allocate(fd, 0, 1), __WASI_ERRNO_BADF);
}

// Advice changes nothing that can be seen.
static void advising(void) {
  const __wasi_fd_t fd = make_open("advise", "text");
  for (__wasi_advice_t advice = __WASI_ADVICE_NORMAL; advice <= __WASI_ADVICE_NOREUSE; ++advice)
    CHECK_ERRNO(__wasi_fd_advise(fd, 0, 4, advice), OK);
  CHECK_ERRNO(__wasi_fd_advise(fd, 100, 1000, __WASI_ADVICE_WILLNEED), OK);
  CHECK_ERRNO(__wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_DONTNEED), OK);
  CHECK(holds(fd, "text") && stat_of(fd).size == 4);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_NORMAL), __WASI_ERRNO_BADF);
}

static void syncing(void) {
  const __wasi_fd_t fd = make_open("sync", "text");
  CHECK_ERRNO(__wasi_fd_sync(fd), OK);
  CHECK_ERRNO(__wasi_fd_datasync(fd), OK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_sync(fd), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_datasync(fd), __WASI_ERRNO_BADF);
}

static void syncing_folders(void) {
  const __wasi_fd_t folder = open_dir(".");
  CHECK_ERRNO(__wasi_fd_sync(ROOT), OK);
  CHECK_ERRNO(__wasi_fd_datasync(ROOT), OK);
  CHECK_ERRNO(__wasi_fd_close(folder), OK);
}

// Pipes have no end and no disk, folders no bytes.
static void wrong_kinds(void) {
  CHECK_ERRNO(__wasi_fd_filestat_set_size(0, 0), __WASI_ERRNO_SPIPE);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(ROOT, 0), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_allocate(0, 0, 1), __WASI_ERRNO_SPIPE);
  CHECK_ERRNO(__wasi_fd_allocate(ROOT, 0, 1), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_advise(0, 0, 0, __WASI_ADVICE_NORMAL), __WASI_ERRNO_SPIPE);
  CHECK_ERRNO(__wasi_fd_advise(ROOT, 0, 0, __WASI_ADVICE_NORMAL), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(__wasi_fd_sync(0), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_datasync(0), __WASI_ERRNO_INVAL);
}

int main(void) {
  CASE(shrinking_and_growing);
  CASE(large_sizes);
  CASE(read_only_descriptors);
  CASE(allocating);
  CASE(advising);
  CASE(syncing);
  CASE(syncing_folders);
  CASE(wrong_kinds);
  return finish();
}
