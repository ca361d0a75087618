// Reads a file of 64 MiB, in the page cache, from start to end in blocks of 64 KiB.
#include "data.h"

int main(int argc, char** argv) {
  int file = open_data_file(argc, argv);
  int repeats = kernel_repeats(argc, argv, 60);
  static uint64_t block[kBlockBytes / sizeof(uint64_t)];
  uint64_t sum = 0;
  while (read(file, block, sizeof block) > 0) {  // once untimed: from the disk
  }
  uint64_t begin = kernel_begin();
  for (int i = 0; i < repeats; i++) {
    must(lseek(file, 0, SEEK_SET) == 0, "seek");
    ssize_t got;
    while ((got = read(file, block, sizeof block)) > 0) sum = mix(sum, block[i] + (uint64_t)got);
    must(got == 0, "read");
  }
  kernel_end(begin, sum);
  return 0;
}
