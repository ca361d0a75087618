// A pipe in a folder, which nobody else has open: opening it never waits where the program asks not
// to, reading and polling work as with other streams.
// @dir
// @fifo pipe
// @peer-differs wasmtime waits for the other end when it opens a pipe
#include "calls.h"

enum { NONBLOCK = __WASI_FDFLAGS_NONBLOCK };

static __wasi_errno_t read_one(__wasi_fd_t fd, char* byte, __wasi_size_t* count) {
  const __wasi_iovec_t room = {(uint8_t*)byte, 1};
  *count = 0;
  return __wasi_fd_read(fd, &room, 1, count);
}

static void nobody_reads(void) {
  __wasi_fd_t fd;
  CHECK_ERRNO(open_as("pipe", 0, 0, __WASI_RIGHTS_FD_WRITE, NONBLOCK, &fd), __WASI_ERRNO_NXIO);
}

// Opening for reading alone does not wait, with the flag or without.
static void nobody_writes(void) {
  static const __wasi_fdflags_t kFlags[] = {0, NONBLOCK};
  for (size_t i = 0; i < 2; ++i) {
    __wasi_fd_t fd;
    CHECK_ERRNO(open_as("pipe", 0, 0, READ, kFlags[i], &fd), OK);
    CHECK_ERRNO(__wasi_fd_close(fd), OK);
  }
}

static void what_it_is(void) {
  __wasi_filestat_t stat;
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "pipe", &stat), OK);
  CHECK(stat.filetype != __WASI_FILETYPE_REGULAR_FILE);
  CHECK(stat.filetype != __WASI_FILETYPE_DIRECTORY);
  CHECK_ERRNO(try_open("pipe", 0, __WASI_OFLAGS_DIRECTORY, READ), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(try_open("pipe/x", 0, 0, READ), __WASI_ERRNO_NOTDIR);
}

static void through_it(void) {
  __wasi_fd_t in, out;
  __wasi_filesize_t position;
  __wasi_size_t count;
  char byte = 0;
  CHECK_ERRNO(open_as("pipe", 0, 0, FILE_RIGHTS & ~__WASI_RIGHTS_FD_WRITE, NONBLOCK, &in), OK);
  CHECK_ERRNO(open_as("pipe", 0, 0, __WASI_RIGHTS_FD_WRITE, 0, &out), OK);  // somebody reads
  CHECK_ERRNO(read_one(in, &byte, &count), __WASI_ERRNO_AGAIN);
  CHECK(put(out, "ab") == 2);
  CHECK_ERRNO(read_one(in, &byte, &count), OK);
  CHECK(count == 1 && byte == 'a');
  CHECK_ERRNO(__wasi_fd_seek(in, 0, __WASI_WHENCE_SET, &position), __WASI_ERRNO_SPIPE);
  CHECK_ERRNO(__wasi_fd_close(out), OK);
  CHECK_ERRNO(read_one(in, &byte, &count), OK);
  CHECK(count == 1 && byte == 'b');
  CHECK_ERRNO(read_one(in, &byte, &count), OK);
  CHECK(count == 0);  // its end
  CHECK_ERRNO(__wasi_fd_close(in), OK);
}

static void the_reader_goes(void) {
  __wasi_fd_t in, out;
  __wasi_size_t count;
  const __wasi_ciovec_t data = {(const uint8_t*)"x", 1};
  CHECK_ERRNO(open_as("pipe", 0, 0, READ, NONBLOCK, &in), OK);
  CHECK_ERRNO(open_as("pipe", 0, 0, __WASI_RIGHTS_FD_WRITE, NONBLOCK, &out), OK);
  CHECK_ERRNO(__wasi_fd_close(in), OK);
  CHECK_ERRNO(__wasi_fd_write(out, &data, 1, &count), __WASI_ERRNO_PIPE);
  CHECK_ERRNO(__wasi_fd_close(out), OK);
}

static void polled(void) {
  __wasi_fd_t in, out;
  __wasi_event_t events[2];
  __wasi_size_t count;
  CHECK_ERRNO(open_as("pipe", 0, 0, FILE_RIGHTS & ~__WASI_RIGHTS_FD_WRITE, NONBLOCK, &in), OK);
  CHECK_ERRNO(open_as("pipe", 0, 0, __WASI_RIGHTS_FD_WRITE, NONBLOCK, &out), OK);
  __wasi_subscription_t list[2] = {
      {.userdata = 1,
       .u = {.tag = __WASI_EVENTTYPE_FD_READ, .u = {.fd_read = {.file_descriptor = in}}}},
      {.userdata = 2, .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u = {.clock = {.id = 1}}}}};
  CHECK_ERRNO(__wasi_poll_oneoff(list, events, 2, &count), OK);
  CHECK(count == 1 && events[0].userdata == 2);
  CHECK(put(out, "abc") == 3);
  list[1].u.u.clock.timeout = 3600ull * 1000000000;
  CHECK_ERRNO(__wasi_poll_oneoff(list, events, 2, &count), OK);
  CHECK(count == 1 && events[0].userdata == 1 && events[0].fd_readwrite.nbytes == 3);
  CHECK(events[0].fd_readwrite.flags == 0);
  CHECK_ERRNO(__wasi_fd_close(out), OK);
  CHECK_ERRNO(__wasi_poll_oneoff(list, events, 2, &count), OK);
  CHECK(count == 1 && (events[0].fd_readwrite.flags & __WASI_EVENTRWFLAGS_FD_READWRITE_HANGUP));
  CHECK_ERRNO(__wasi_fd_close(in), OK);
}

int main(void) {
  CASE(nobody_reads);
  CASE(nobody_writes);
  CASE(what_it_is);
  CASE(through_it);
  CASE(the_reader_goes);
  CASE(polled);
  return finish();
}
