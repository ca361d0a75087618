// poll_oneoff on several clocks and descriptors at once.
// @stdin ready
// @dir
// @peer-differs wasmtime fails the whole call for a bad descriptor
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "check.h"

static __wasi_subscription_t after(uint64_t id, uint64_t timeout_ns) {
  __wasi_subscription_t sub = {
      .userdata = id,
      .u = {.tag = __WASI_EVENTTYPE_CLOCK,
            .u = {.clock = {.id = __WASI_CLOCKID_MONOTONIC, .timeout = timeout_ns}}}};
  return sub;
}

static __wasi_subscription_t on(uint64_t id, uint8_t type, __wasi_fd_t fd) {
  __wasi_subscription_t sub = {.userdata = id,
                               .u = {.tag = type, .u = {.fd_read = {.file_descriptor = fd}}}};
  return sub;
}

int main(void) {
  const uint64_t hour = 3600ull * 1000000000;
  __wasi_event_t events[8];
  __wasi_size_t count;

  __wasi_subscription_t clocks[3] = {after(1, hour), after(2, 10000000), after(3, hour)};
  CHECK_ERRNO(__wasi_poll_oneoff(clocks, events, 3, &count), OK);
  CHECK(count == 1 && events[0].userdata == 2 && events[0].type == __WASI_EVENTTYPE_CLOCK);

  // Standard input has a line; a file is always ready.
  int fd = open("file", O_CREAT | O_RDWR, 0644);
  CHECK(write(fd, "12345", 5) == 5 && lseek(fd, 0, SEEK_SET) == 0);
  __wasi_subscription_t ready[3] = {on(1, __WASI_EVENTTYPE_FD_READ, 0), after(2, hour),
                                    on(3, __WASI_EVENTTYPE_FD_WRITE, (__wasi_fd_t)fd)};
  CHECK_ERRNO(__wasi_poll_oneoff(ready, events, 3, &count), OK);
  CHECK(count >= 1);
  for (__wasi_size_t i = 0; i < count; ++i) CHECK(events[i].userdata != 2 && events[i].error == 0);

  struct pollfd polled = {.fd = fd, .events = POLLIN | POLLOUT};
  CHECK(poll(&polled, 1, 1000) == 1);
  CHECK((polled.revents & (POLLIN | POLLOUT)) == (POLLIN | POLLOUT));

  __wasi_subscription_t bad[2] = {on(7, __WASI_EVENTTYPE_FD_READ, 99), after(8, hour)};
  CHECK_ERRNO(__wasi_poll_oneoff(bad, events, 2, &count), OK);
  CHECK(count == 1 && events[0].userdata == 7 && events[0].error == __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_poll_oneoff(bad, events, 0, &count), __WASI_ERRNO_INVAL);
  return finish();
}
