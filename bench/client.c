// The client of the network kernels: starts a server, talks to it over loopback, reports how long
// that took. It is native and in C since a slow client would hide the differences.
//
//   client KIND PERCENT COMMAND [ARGS...]
//
// KIND is the server's source without `tcp_`. In COMMAND's words PORT becomes the number of a free
// port, where it has to listen; a command without it inherits a listening socket as descriptor 3.
// The clock runs from the first byte, which the server sends when it has accepted, to the last.
// Prints, as kernels do, a checksum on stdout and `kernel_ns N` on stderr. Fails if the server
// does.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "c/data.h"

enum { kMessageWords = 8, kBlockWords = kBlockBytes / sizeof(uint64_t), kListener = 3 };

static struct sockaddr_in loopback(uint32_t address, uint16_t port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
}

static int bound_socket(uint32_t address) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = loopback(address, 0);
  must(fd >= 0 && bind(fd, (struct sockaddr*)&at, sizeof at) == 0, "a socket");
  return fd;
}

// The command with PORT replaced; 0 if it holds none.
static int put_port(char** words, int port) {
  int found = 0;
  for (; *words; words++) {
    char* at = strstr(*words, "PORT");
    if (!at) continue;
    char* word = malloc(strlen(*words) + 8);
    sprintf(word, "%.*s%d%s", (int)(at - *words), *words, port, at + 4);
    *words = word;
    found = 1;
  }
  return found;
}

static pid_t start_server(char** words, uint16_t* port) {
  int listener = bound_socket(INADDR_LOOPBACK);
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  must(getsockname(listener, (struct sockaddr*)&at, &size) == 0, "a port");
  *port = ntohs(at.sin_port);
  int inherits = !put_port(words, *port);
  if (inherits) must(listen(listener, 1) == 0, "listen");
  pid_t server = fork();
  must(server >= 0, "fork");
  if (server == 0) {
    if (!inherits) close(listener);
    if (inherits && listener != kListener) dup2(listener, kListener);
    execv(words[0], words);
    must(0, words[0]);
  }
  close(listener);
  return server;
}

// Tries until the server listens. From another address than the server's, lest the socket meets
// itself: TCP would have it so.
static int connect_to(uint16_t port, pid_t server) {
  struct sockaddr_in to = loopback(INADDR_LOOPBACK, port);
  const struct timespec pause = {.tv_nsec = 1000000};
  for (;;) {
    int fd = bound_socket(INADDR_LOOPBACK + 1);
    if (connect(fd, (struct sockaddr*)&to, sizeof to) == 0) return fd;
    close(fd);
    if (waitpid(server, NULL, WNOHANG) != 0) exit(1);  // it has said why
    nanosleep(&pause, NULL);
  }
}

static size_t receive(int fd, void* data, size_t size) {
  size_t have = 0;
  for (ssize_t got; have < size; have += (size_t)got) {
    got = read(fd, (char*)data + have, size - have);
    must(got >= 0, "receiving");
    if (got == 0) break;
  }
  return have;
}

static void transmit(int fd, const void* data, size_t size) {
  for (ssize_t put; size > 0; data = (const char*)data + put, size -= (size_t)put)
    must((put = write(fd, data, size)) > 0, "sending");
}

static uint64_t echo(int fd, int percent) {
  uint64_t message[kMessageWords] = {0}, answer[kMessageWords], sum = 0;
  for (int i = 0; i < 500 * percent; i++) {
    message[i % kMessageWords] = (uint64_t)i;
    transmit(fd, message, sizeof message);
    must(receive(fd, answer, sizeof answer) == sizeof answer, "an answer");
    sum = mix(sum, answer[i % kMessageWords]);
  }
  return sum;
}

static uint64_t let_receive(int fd, int percent) {
  static uint64_t block[kBlockWords];
  for (int i = 0; i < kFileBlocks * 8 * percent / 100; i++) {
    block[i % kBlockWords] = (uint64_t)i;
    transmit(fd, block, sizeof block);
  }
  uint64_t sum = 0;
  must(shutdown(fd, SHUT_WR) == 0 && receive(fd, &sum, sizeof sum) == sizeof sum, "an answer");
  return sum;
}

static uint64_t let_send(int fd, int percent) {
  (void)percent;
  static uint64_t block[kBlockWords];
  uint64_t sum = 0;
  size_t got;
  for (size_t i = 0; (got = receive(fd, block, sizeof block)) > 0; i++)
    sum = mix(sum, block[i % kBlockWords] + got);
  return sum;
}

int main(int argc, char** argv) {
  must(argc > 3, "usage: client KIND PERCENT COMMAND [ARGS...]");
  uint16_t port;
  pid_t server = start_server(argv + 3, &port);
  int fd = connect_to(port, server), one = 1, status;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  char ready;
  must(receive(fd, &ready, 1) == 1, "the first byte");
  uint64_t (*talk)(int, int) = argv[1][0] == 'e'   ? echo
                               : argv[1][0] == 'r' ? let_receive
                                                   : let_send;
  uint64_t begin = kernel_begin();
  uint64_t sum = talk(fd, atoi(argv[2]));
  uint64_t elapsed_ns = now_ns() - begin;
  close(fd);
  must(waitpid(server, &status, 0) == server && status == 0, "the server");
  printf("checksum %016llx\n", (unsigned long long)sum);
  fprintf(stderr, "kernel_ns %llu\n", (unsigned long long)elapsed_ns);
  return 0;
}
