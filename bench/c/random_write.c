// Writes 4 KiB at random places of a file of 64 MiB, into the page cache.
#include "data.h"

int main(int argc, char** argv) {
  enum { kWriteBytes = 4096 };
  const char* path = data_path(argc, argv, "written");
  int file = open(path, O_RDWR | O_CREAT, 0644);
  must(file >= 0, path);
  int repeats = kernel_repeats(argc, argv, 600000);
  static uint64_t block[kBlockBytes / sizeof(uint64_t)];
  for (int i = 0; i < kFileBlocks; i++)  // once untimed: the pages come to be
    must(write(file, block, sizeof block) == (ssize_t)sizeof block, path);
  uint64_t state = 7, offset = 0;
  uint64_t begin = kernel_begin();
  for (int i = 0; i < repeats; i++) {
    offset = next_random(&state) % (kFileBlocks * kBlockBytes / kWriteBytes) * kWriteBytes;
    block[0] = state;
    must(pwrite(file, block, kWriteBytes, (off_t)offset) == kWriteBytes, "write");
  }
  uint64_t last = 0;
  must(pread(file, &last, sizeof last, (off_t)offset) == sizeof last, "read back");
  kernel_end(begin, mix(0, last));
  return 0;
}
