// The older version of the interface, wasi_unstable: other starting points for seeking, another
// filestat, another subscription.
// @dir
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "check.h"

#define OLD(name) __attribute__((import_module("wasi_unstable"), import_name(#name)))

struct old_filestat {
  uint64_t dev, ino;
  uint8_t filetype;
  uint32_t nlink;
  uint64_t size, atim, mtim, ctim;
};
_Static_assert(sizeof(struct old_filestat) == 56, "as in the specification");
struct old_subscription {
  uint64_t userdata;
  uint8_t tag;
  uint64_t identifier;
  uint32_t clock_id;
  uint64_t timeout, precision;
  uint16_t flags;
};
_Static_assert(sizeof(struct old_subscription) == 56, "as in the specification");

OLD(fd_seek) int old_fd_seek(int fd, int64_t offset, int whence, uint64_t* position);
OLD(fd_filestat_get) int old_fd_filestat_get(int fd, struct old_filestat* stat);
OLD(path_filestat_get)
int old_path_filestat_get(int fd, int flags, const char* path, size_t length,
                          struct old_filestat* stat);
OLD(poll_oneoff)
int old_poll_oneoff(const struct old_subscription* in, __wasi_event_t* out, size_t count,
                    size_t* events);
OLD(fd_write) int old_fd_write(int fd, const __wasi_ciovec_t* list, size_t count, size_t* written);

int main(void) {
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  __wasi_ciovec_t text = {(const uint8_t*)"0123456789", 10};
  size_t count;
  CHECK_ERRNO(old_fd_write(fd, &text, 1, &count), OK);
  CHECK(count == 10);
  uint64_t position;
  CHECK_ERRNO(old_fd_seek(fd, -3, 0, &position), OK);  // current
  CHECK(position == 7);
  CHECK_ERRNO(old_fd_seek(fd, -1, 1, &position), OK);  // end
  CHECK(position == 9);
  CHECK_ERRNO(old_fd_seek(fd, 4, 2, &position), OK);  // start
  CHECK(position == 4);
  struct old_filestat stat, named;
  CHECK_ERRNO(old_fd_filestat_get(fd, &stat), OK);
  CHECK(stat.size == 10 && stat.nlink == 1 && stat.filetype == __WASI_FILETYPE_REGULAR_FILE);
  CHECK_ERRNO(old_path_filestat_get(3, 0, "file", 4, &named), OK);
  CHECK(named.ino == stat.ino && named.size == 10);
  struct old_subscription timer = {.userdata = 9, .tag = 0, .clock_id = 1, .timeout = 1000000};
  __wasi_event_t event;
  CHECK_ERRNO(old_poll_oneoff(&timer, &event, 1, &count), OK);
  CHECK(count == 1 && event.userdata == 9 && event.error == 0);
  close(fd);
  return finish();
}
