// Reads 4 KiB at random places of a file of 64 MiB that is in the page cache.
#include "data.h"

int main(int argc, char** argv) {
  enum { kReadBytes = 4096 };
  int file = open_data_file(argc, argv);
  int repeats = kernel_repeats(argc, argv, 1000000);
  static uint64_t block[kBlockBytes / sizeof(uint64_t)];
  while (read(file, block, sizeof block) > 0) {  // once untimed: from the disk
  }
  uint64_t state = 7, sum = 0;
  uint64_t begin = kernel_begin();
  for (int i = 0; i < repeats; i++) {
    off_t offset =
        (off_t)(next_random(&state) % (kFileBlocks * kBlockBytes / kReadBytes)) * kReadBytes;
    must(pread(file, block, kReadBytes, offset) == kReadBytes, "read");
    sum = mix(sum, block[0]);
  }
  kernel_end(begin, sum);
  return 0;
}
