// What the file kernels share: paths in the folder that they are given, and complaints.
//
// The second argument is that folder, by a path that is good natively and in the sandbox. Files
// stay there from run to run, so that what is timed can be reading alone; a file is made again when
// its size is another.
#ifndef SKERRY_BENCH_DATA_H_
#define SKERRY_BENCH_DATA_H_

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

enum { kBlockBytes = 64 << 10, kFileBlocks = 1024 };

static inline void must(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static inline const char* data_path(int argc, char** argv, const char* name) {
  static char path[4096];
  must(argc > 2, "usage: PROGRAM PERCENT FOLDER");
  snprintf(path, sizeof path, "%s/%s", argv[2], name);
  return path;
}

// 64 MiB of random bytes, the same every time; returns it open for reading.
static inline int open_data_file(int argc, char** argv) {
  const char* path = data_path(argc, argv, "random");
  struct stat stat_of_file;
  if (stat(path, &stat_of_file) != 0 || stat_of_file.st_size != (off_t)kBlockBytes * kFileBlocks) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    must(file >= 0, path);
    static uint64_t block[kBlockBytes / sizeof(uint64_t)];
    uint64_t state = 1;
    for (int i = 0; i < kFileBlocks; i++) {
      for (size_t j = 0; j < sizeof block / sizeof *block; j++) block[j] = next_random(&state);
      must(write(file, block, sizeof block) == (ssize_t)sizeof block, path);
    }
    must(close(file) == 0, path);
  }
  int file = open(path, O_RDONLY);
  must(file >= 0, path);
  return file;
}

#endif  // SKERRY_BENCH_DATA_H_
