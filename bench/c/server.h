// What the network kernels share: one connection, accepted from the socket that is descriptor 3.
//
// Natively that socket is inherited; runtimes make it of an option, and it may be non-blocking at
// first. Descriptors are made to block; where a runtime does not, waiting goes through poll().
// The clock is the client's (bench/client.c), which starts it when it gets the first byte.
// Not here: what is sent and received.
#ifndef SKERRY_BENCH_SERVER_H_
#define SKERRY_BENCH_SERVER_H_

#include <poll.h>
#include <sys/socket.h>

#include "data.h"

enum { kListener = 3 };

static inline void make_blocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) != 0) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

// True if the last call is to be made again.
static inline int waited(int fd, short events) {
  if (errno != EAGAIN) return 0;
  struct pollfd item = {.fd = fd, .events = events};
  return poll(&item, 1, -1) >= 0;
}

// Fewer bytes than asked for only at the end.
static inline size_t receive(int fd, void* data, size_t size) {
  size_t have = 0;
  while (have < size) {
    ssize_t got = read(fd, (char*)data + have, size - have);
    if (got == 0) break;
    if (got > 0) have += (size_t)got;
    must(got > 0 || waited(fd, POLLIN), "receiving");
  }
  return have;
}

static inline void transmit(int fd, const void* data, size_t size) {
  for (size_t sent = 0; sent < size;) {
    ssize_t put = write(fd, (const char*)data + sent, size - sent);
    if (put > 0) sent += (size_t)put;
    must(put > 0 || waited(fd, POLLOUT), "sending");
  }
}

static inline int accept_client(void) {
  make_blocking(kListener);
  int connection;
  while ((connection = accept(kListener, NULL, NULL)) < 0)
    must(waited(kListener, POLLIN), "accepting");
  make_blocking(connection);
  transmit(connection, "!", 1);
  return connection;
}

#endif  // SKERRY_BENCH_SERVER_H_
