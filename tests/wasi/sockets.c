// Connections of a program with itself on loopback: sock_accept, sock_recv, sock_send,
// sock_shutdown, with each flag, and polled. How sockets are opened is WasmEdge's; what follows is
// preview1's.
// @option --bind 127.0.0.1:* --connect 127.0.0.1:*
// @peer-differs wasmtime cannot open sockets for preview1
#include "calls.h"

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

struct address {
  uint8_t* bytes;
  uint32_t length;
};
IMPORT(sock_open) int sock_open(int family, int type, __wasi_fd_t* fd);
IMPORT(sock_bind) int sock_bind(__wasi_fd_t fd, const struct address* address, uint32_t port);
IMPORT(sock_listen) int sock_listen(__wasi_fd_t fd, uint32_t backlog);
IMPORT(sock_connect) int sock_connect(__wasi_fd_t fd, const struct address* address, uint32_t port);
IMPORT(sock_getlocaladdr)
int sock_getlocaladdr(__wasi_fd_t fd, struct address* address, uint32_t* port);

enum { IPV4 = 1, STREAM = 2 };

static __wasi_fd_t listener, client, server;
static uint32_t port;

static struct address loopback(void) {
  static uint8_t bytes[4];
  memcpy(bytes, (uint8_t[]){127, 0, 0, 1}, 4);
  return (struct address){bytes, 4};
}

static void set_up(void) {
  struct address address = loopback();
  CHECK_ERRNO(sock_open(IPV4, STREAM, &listener), OK);
  CHECK_ERRNO(sock_bind(listener, &address, 0), OK);
  CHECK_ERRNO(sock_listen(listener, 8), OK);
  CHECK_ERRNO(sock_getlocaladdr(listener, &address, &port), OK);
}

static void join(void) {
  const struct address address = loopback();
  CHECK_ERRNO(sock_open(IPV4, STREAM, &client), OK);
  CHECK_ERRNO(sock_connect(client, &address, port), OK);
  CHECK_ERRNO(__wasi_sock_accept(listener, 0, &server), OK);
}

static void part(void) {
  CHECK_ERRNO(__wasi_fd_close(client), OK);
  CHECK_ERRNO(__wasi_fd_close(server), OK);
}

static __wasi_errno_t send_text(__wasi_fd_t fd, const char* text, __wasi_siflags_t flags) {
  const __wasi_ciovec_t data = {(const uint8_t*)text, strlen(text)};
  __wasi_size_t count = 0;
  const __wasi_errno_t error = __wasi_sock_send(fd, &data, 1, flags, &count);
  CHECK(count == (error == OK ? strlen(text) : 0));
  return error;
}

// The errno of receiving up to `size`; *count is how many came.
static __wasi_errno_t receive(__wasi_fd_t fd, char* text, size_t size, __wasi_riflags_t flags,
                              __wasi_size_t* count) {
  const __wasi_iovec_t room = {(uint8_t*)text, size};
  __wasi_roflags_t more = 0xff;
  *count = 0;
  const __wasi_errno_t error = __wasi_sock_recv(fd, &room, 1, flags, count, &more);
  if (error == OK) CHECK(more == 0);  // streams have no messages to be cut
  return error;
}

static void accepting(void) {
  __wasi_fd_t fd;
  __wasi_fdstat_t stat;
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(listener, __WASI_FDFLAGS_NONBLOCK), OK);
  CHECK_ERRNO(__wasi_sock_accept(listener, 0, &fd), __WASI_ERRNO_AGAIN);  // nobody is there
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(listener, 0), OK);
  CHECK_ERRNO(__wasi_sock_accept(listener, __WASI_FDFLAGS_APPEND, &fd), __WASI_ERRNO_INVAL);
  const struct address address = loopback();
  CHECK_ERRNO(sock_open(IPV4, STREAM, &client), OK);
  CHECK_ERRNO(sock_connect(client, &address, port), OK);
  CHECK_ERRNO(__wasi_sock_accept(listener, __WASI_FDFLAGS_NONBLOCK, &server), OK);
  CHECK_ERRNO(__wasi_fd_fdstat_get(server, &stat), OK);
  CHECK(stat.fs_filetype == __WASI_FILETYPE_SOCKET_STREAM);
  CHECK(stat.fs_flags == __WASI_FDFLAGS_NONBLOCK);
  char text[4];
  __wasi_size_t count;
  CHECK_ERRNO(receive(server, text, 4, 0, &count), __WASI_ERRNO_AGAIN);
  part();
}

static void sending_and_receiving(void) {
  char text[8];
  __wasi_size_t count;
  join();
  CHECK_ERRNO(send_text(client, "hello", 0), OK);
  CHECK_ERRNO(receive(server, text, 8, __WASI_RIFLAGS_RECV_PEEK, &count), OK);
  CHECK(count >= 1 && count <= 5);
  CHECK_ERRNO(receive(server, text, 5, __WASI_RIFLAGS_RECV_WAITALL, &count), OK);
  CHECK(count == 5 && memcmp(text, "hello", 5) == 0);
  CHECK_ERRNO(send_text(client, "x", 1), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(receive(server, text, 8, 0x10, &count), __WASI_ERRNO_INVAL);
  // fd_read and fd_write are the same without flags.
  CHECK(put(server, "back") == 4);
  const __wasi_iovec_t room = {(uint8_t*)text, 4};
  CHECK_ERRNO(__wasi_fd_read(client, &room, 1, &count), OK);
  CHECK(count >= 1 && text[0] == 'b');
  part();
}

static void shutting_down(void) {
  char text[8];
  __wasi_size_t count;
  join();
  CHECK_ERRNO(__wasi_sock_shutdown(client, 0), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_sock_shutdown(client, 4), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(send_text(client, "last", 0), OK);
  CHECK_ERRNO(__wasi_sock_shutdown(client, __WASI_SDFLAGS_WR), OK);
  CHECK_ERRNO(send_text(client, "more", 0), __WASI_ERRNO_PIPE);
  CHECK_ERRNO(receive(server, text, 8, __WASI_RIFLAGS_RECV_WAITALL, &count), OK);
  CHECK(count == 4);
  CHECK_ERRNO(receive(server, text, 8, 0, &count), OK);
  CHECK(count == 0);                              // its end
  CHECK_ERRNO(send_text(server, "back", 0), OK);  // the other way is still open
  CHECK_ERRNO(receive(client, text, 4, __WASI_RIFLAGS_RECV_WAITALL, &count), OK);
  CHECK(count == 4);
  CHECK_ERRNO(__wasi_sock_shutdown(client, __WASI_SDFLAGS_RD), OK);
  CHECK_ERRNO(receive(client, text, 4, 0, &count), OK);
  CHECK(count == 0);
  part();
}

static void not_connected(void) {
  char text[4];
  __wasi_size_t count;
  CHECK_ERRNO(send_text(listener, "x", 0), __WASI_ERRNO_PIPE);
  CHECK_ERRNO(receive(listener, text, 4, 0, &count), __WASI_ERRNO_NOTCONN);
  CHECK_ERRNO(__wasi_sock_accept(listener, 0x20, &server), __WASI_ERRNO_INVAL);
  join();
  __wasi_fd_t fd;
  CHECK_ERRNO(__wasi_sock_accept(client, 0, &fd), __WASI_ERRNO_INVAL);  // it does not listen
  part();
}

static void beyond_memory(void) {
  void* const bad = (void*)(uintptr_t)0xfffffff0u;
  uint8_t byte = 'x';
  const __wasi_iovec_t in = {&byte, 1}, bad_in = {bad, 64};
  const __wasi_ciovec_t out = {&byte, 1}, bad_out = {bad, 64};
  __wasi_size_t count;
  __wasi_roflags_t flags;
  join();
  CHECK_ERRNO(send_text(client, "a", 0), OK);
  CHECK_ERRNO(__wasi_sock_recv(server, &bad_in, 1, 0, &count, &flags), __WASI_ERRNO_FAULT);
  CHECK_ERRNO(__wasi_sock_recv(server, bad, 1, 0, &count, &flags), __WASI_ERRNO_FAULT);
  CHECK_ERRNO(__wasi_sock_recv(server, &in, 1, 0, bad, &flags), __WASI_ERRNO_FAULT);
  CHECK_ERRNO(__wasi_sock_recv(server, &in, 1, 0, &count, bad), __WASI_ERRNO_FAULT);
  CHECK_ERRNO(__wasi_sock_send(client, &bad_out, 1, 0, &count), __WASI_ERRNO_FAULT);
  CHECK_ERRNO(__wasi_sock_send(client, &out, 1, 0, bad), __WASI_ERRNO_FAULT);
  CHECK_ERRNO(__wasi_sock_accept(listener, 0, bad), __WASI_ERRNO_FAULT);
  // What was sent before is still there, and nothing more.
  CHECK_ERRNO(__wasi_sock_shutdown(client, __WASI_SDFLAGS_WR), OK);
  char text[4];
  CHECK_ERRNO(receive(server, text, 4, __WASI_RIFLAGS_RECV_WAITALL, &count), OK);
  CHECK(count == 1 && text[0] == 'a');
  part();
}

static void polled(void) {
  __wasi_event_t events[2];
  __wasi_size_t count;
  join();
  __wasi_subscription_t list[2] = {
      {.userdata = 1,
       .u = {.tag = __WASI_EVENTTYPE_FD_READ, .u = {.fd_read = {.file_descriptor = server}}}},
      {.userdata = 2, .u = {.tag = __WASI_EVENTTYPE_CLOCK, .u = {.clock = {.id = 1}}}}};
  CHECK_ERRNO(__wasi_poll_oneoff(list, events, 2, &count), OK);
  CHECK(count == 1 && events[0].userdata == 2);  // nothing has come
  CHECK_ERRNO(send_text(client, "abc", 0), OK);
  list[1].u.u.clock.timeout = 3600ull * 1000000000;
  CHECK_ERRNO(__wasi_poll_oneoff(list, events, 2, &count), OK);
  CHECK(count == 1 && events[0].userdata == 1 && events[0].error == OK);
  CHECK(events[0].fd_readwrite.nbytes == 3);
  part();
}

int main(void) {
  set_up();
  CASE(accepting);
  CASE(sending_and_receiving);
  CASE(shutting_down);
  CASE(not_connected);
  CASE(beyond_memory);
  CASE(polled);
  return finish();
}
