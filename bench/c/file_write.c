// Writes a file of 64 MiB over and over, in blocks of 64 KiB, into the page cache.
#include "data.h"

int main(int argc, char** argv) {
  const char* path = data_path(argc, argv, "written");
  int file = open(path, O_RDWR | O_CREAT, 0644);
  must(file >= 0, path);
  int repeats = kernel_repeats(argc, argv, 30);
  static uint64_t block[kBlockBytes / sizeof(uint64_t)];
  uint64_t begin = 0;
  for (int i = -1; i < repeats; i++) {  // once untimed: the pages come to be
    if (i == 0) begin = kernel_begin();
    must(lseek(file, 0, SEEK_SET) == 0, "seek");
    for (int j = 0; j < kFileBlocks; j++) {
      block[0] = (uint64_t)i * kFileBlocks + (uint64_t)j;
      must(write(file, block, sizeof block) == (ssize_t)sizeof block, "write");
    }
  }
  uint64_t last = 0;
  must(pread(file, &last, sizeof last, (off_t)kBlockBytes * (kFileBlocks - 1)) == sizeof last,
       "read back");
  kernel_end(begin, mix(0, last));
  return 0;
}
