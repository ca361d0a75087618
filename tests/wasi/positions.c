// Positions: fd_seek and fd_tell from each start, pread and pwrite beside the position, appending,
// and offsets beyond 4 GiB up to the largest.
// @dir
// @peer-skips seeking_over_the_largest wasmtime lets the position overflow
#include "calls.h"

enum { SET = __WASI_WHENCE_SET, CUR = __WASI_WHENCE_CUR, END = __WASI_WHENCE_END };

static __wasi_filesize_t tell(__wasi_fd_t fd) {
  __wasi_filesize_t position = 0;
  CHECK_ERRNO(__wasi_fd_tell(fd, &position), OK);
  return position;
}

static __wasi_filesize_t seek(__wasi_fd_t fd, __wasi_filedelta_t offset, __wasi_whence_t whence) {
  __wasi_filesize_t position = 0;
  CHECK_ERRNO(__wasi_fd_seek(fd, offset, whence, &position), OK);
  CHECK(tell(fd) == position);
  return position;
}

static __wasi_errno_t pwrite_at(__wasi_fd_t fd, const char* text, __wasi_filesize_t offset) {
  const __wasi_ciovec_t data = {(const uint8_t*)text, strlen(text)};
  __wasi_size_t count = 0;
  const __wasi_errno_t error = __wasi_fd_pwrite(fd, &data, 1, offset, &count);
  CHECK(count == (error == OK ? strlen(text) : 0));
  return error;
}

static __wasi_errno_t pread_at(__wasi_fd_t fd, char* text, __wasi_size_t size,
                               __wasi_filesize_t offset, __wasi_size_t* count) {
  const __wasi_iovec_t room = {(uint8_t*)text, size};
  *count = 99;
  return __wasi_fd_pread(fd, &room, 1, offset, count);
}

static void seeking(void) {
  __wasi_filesize_t position = 42;
  const __wasi_fd_t fd = make_open("seek", "0123456789");
  CHECK(seek(fd, 4, SET) == 4 && seek(fd, 3, CUR) == 7 && seek(fd, -7, CUR) == 0);
  CHECK(seek(fd, 0, END) == 10 && seek(fd, -10, END) == 0 && seek(fd, 5, END) == 15);
  CHECK_ERRNO(__wasi_fd_seek(fd, -1, SET, &position), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_seek(fd, -16, CUR, &position), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_seek(fd, -11, END, &position), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_seek(fd, INT64_MIN, SET, &position), __WASI_ERRNO_INVAL);
  CHECK(position == 42 && tell(fd) == 15);
  CHECK(stat_of(fd).size == 10);  // going somewhere makes nothing longer
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, CUR, &position), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_tell(fd, &position), __WASI_ERRNO_BADF);
}

static void reading_behind_the_end(void) {
  char text[8];
  __wasi_size_t count;
  const __wasi_fd_t fd = make_open("short", "abc");
  const __wasi_iovec_t room = {(uint8_t*)text, sizeof(text)};
  CHECK_ERRNO(__wasi_fd_read(fd, &room, 1, &count), OK);
  CHECK(count == 3 && tell(fd) == 3);
  CHECK_ERRNO(__wasi_fd_read(fd, &room, 1, &count), OK);
  CHECK(count == 0 && tell(fd) == 3);
  seek(fd, 100, SET);
  CHECK_ERRNO(__wasi_fd_read(fd, &room, 1, &count), OK);
  CHECK(count == 0 && tell(fd) == 100);
  CHECK_ERRNO(__wasi_fd_read(fd, NULL, 0, &count), OK);
  CHECK(count == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void writing_behind_the_end(void) {
  char text[8];
  __wasi_size_t count;
  const __wasi_fd_t fd = make_open("gap", "");
  seek(fd, 5, SET);
  CHECK_ERRNO(__wasi_fd_write(fd, NULL, 0, &count), OK);
  CHECK(count == 0 && stat_of(fd).size == 0);
  CHECK(put(fd, "x") == 1 && tell(fd) == 6 && stat_of(fd).size == 6);
  CHECK_ERRNO(pread_at(fd, text, 8, 0, &count), OK);
  CHECK(count == 6 && memcmp(text, "\0\0\0\0\0x", 6) == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void at_offsets(void) {
  char text[8];
  __wasi_size_t count;
  const __wasi_fd_t fd = make_open("at", "0123456789");
  seek(fd, 3, SET);
  CHECK_ERRNO(pread_at(fd, text, 4, 5, &count), OK);
  CHECK(count == 4 && memcmp(text, "5678", 4) == 0);
  CHECK_ERRNO(pread_at(fd, text, 8, 8, &count), OK);
  CHECK(count == 2 && memcmp(text, "89", 2) == 0);
  CHECK_ERRNO(pread_at(fd, text, 8, 10, &count), OK);
  CHECK(count == 0);
  CHECK_ERRNO(pread_at(fd, text, 8, 1000, &count), OK);
  CHECK(count == 0);
  CHECK_ERRNO(pwrite_at(fd, "AB", 0), OK);
  CHECK_ERRNO(pwrite_at(fd, "YZ", 9), OK);  // over the end
  CHECK(holds(fd, "AB2345678YZ") && tell(fd) == 3);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(pread_at(fd, text, 8, 0, &count), __WASI_ERRNO_BADF);
  CHECK_ERRNO(pwrite_at(fd, "x", 0), __WASI_ERRNO_BADF);
}

static void appending(void) {
  __wasi_fd_t fd;
  const __wasi_fd_t other = make_open("append", "base");
  CHECK_ERRNO(open_as("append", 0, 0, FILE_RIGHTS, __WASI_FDFLAGS_APPEND, &fd), OK);
  CHECK(tell(fd) == 0);
  CHECK(put(fd, "-1") == 2 && tell(fd) == 6);
  seek(fd, 0, SET);
  CHECK(put(fd, "-2") == 2 && tell(fd) == 8);
  // Behind what another descriptor has written meanwhile, too.
  seek(other, 0, END);
  CHECK(put(other, "-other") == 6 && put(fd, "-3") == 2);
  CHECK(holds(fd, "base-1-2-other-3"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_close(other), OK);
}

// POSIX says at the offset; Linux appends whatever the offset is.
static void pwrite_when_appending(void) {
  __wasi_fd_t fd;
  make("append-at", "base");
  CHECK_ERRNO(open_as("append-at", 0, 0, FILE_RIGHTS, __WASI_FDFLAGS_APPEND, &fd), OK);
  CHECK_ERRNO(pwrite_at(fd, "X", 0), OK);
  CHECK(holds(fd, "baseX") || holds(fd, "Xase"));
  CHECK(tell(fd) == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void beyond_4_gib(void) {
  const __wasi_filesize_t far = (5ull << 30) + 7;
  char text[8];
  __wasi_size_t count;
  const __wasi_fd_t fd = make_open("far", "");
  CHECK_ERRNO(pwrite_at(fd, "far", far), OK);
  CHECK(stat_of(fd).size == far + 3);
  CHECK(seek(fd, -3, END) == far);
  CHECK_ERRNO(pread_at(fd, text, 8, far, &count), OK);
  CHECK(count == 3 && memcmp(text, "far", 3) == 0);
  CHECK_ERRNO(pread_at(fd, text, 1, far - (1ull << 32), &count), OK);
  CHECK(count == 1 && text[0] == 0);
  CHECK_ERRNO(__wasi_fd_filestat_set_size(fd, 0), OK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

// No file system has files of that size; how it says so is its own.
static void the_largest_offsets(void) {
  char text[8];
  __wasi_size_t count;
  __wasi_filesize_t position;
  const __wasi_fd_t fd = make_open("largest", "abc");
  const __wasi_errno_t read = pread_at(fd, text, 8, INT64_MAX, &count);
  CHECK(read == __WASI_ERRNO_INVAL || (read == OK && count == 0));
  CHECK_ERRNO(pread_at(fd, text, 8, UINT64_MAX, &count), __WASI_ERRNO_INVAL);
  const __wasi_errno_t write = pwrite_at(fd, "x", INT64_MAX);
  CHECK(write == __WASI_ERRNO_FBIG || write == __WASI_ERRNO_INVAL);
  CHECK_ERRNO(pwrite_at(fd, "x", UINT64_MAX), __WASI_ERRNO_INVAL);
  const __wasi_errno_t sought = __wasi_fd_seek(fd, INT64_MAX, SET, &position);
  CHECK(sought == __WASI_ERRNO_INVAL || (sought == OK && position == INT64_MAX));
  CHECK(stat_of(fd).size == 3 && holds(fd, "abc"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void seeking_over_the_largest(void) {
  __wasi_filesize_t position;
  const __wasi_fd_t fd = make_open("over", "abc");
  seek(fd, 2, SET);
  const __wasi_errno_t from_end = __wasi_fd_seek(fd, INT64_MAX, END, &position);
  CHECK(from_end == __WASI_ERRNO_INVAL || from_end == __WASI_ERRNO_OVERFLOW);
  const __wasi_errno_t from_here = __wasi_fd_seek(fd, INT64_MAX, CUR, &position);
  CHECK(from_here == __WASI_ERRNO_INVAL || from_here == __WASI_ERRNO_OVERFLOW);
  CHECK(tell(fd) == 2);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

int main(void) {
  CASE(seeking);
  CASE(reading_behind_the_end);
  CASE(writing_behind_the_end);
  CASE(at_offsets);
  CASE(appending);
  CASE(pwrite_when_appending);
  CASE(beyond_4_gib);
  CASE(the_largest_offsets);
  CASE(seeking_over_the_largest);
  return finish();
}
