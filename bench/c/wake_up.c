// Sleeps 3,000 times for 100 microseconds: how much later than asked a waiting program goes on.
#include "kernel.h"

int main(int argc, char** argv) {
  int repeats = kernel_repeats(argc, argv, 3000);
  const struct timespec pause = {.tv_nsec = 100000};
  uint64_t begin = kernel_begin();
  for (int i = 0; i < repeats; i++) nanosleep(&pause, NULL);
  kernel_end(begin, (uint64_t)repeats);
  return 0;
}
