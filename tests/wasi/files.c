// Files through the C library: reading, writing, positions, sizes, flags.
// @dir
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static void positions(void) {
  int fd = open("positions", O_RDWR | O_CREAT | O_TRUNC, 0644);
  CHECK(fd >= 4);
  CHECK(write(fd, "0123456789", 10) == 10);
  CHECK(lseek(fd, 0, SEEK_CUR) == 10);
  CHECK(lseek(fd, -4, SEEK_END) == 6);
  char text[16] = {0};
  CHECK(read(fd, text, 2) == 2 && memcmp(text, "67", 2) == 0);
  CHECK(pread(fd, text, 3, 1) == 3 && memcmp(text, "123", 3) == 0);
  CHECK(lseek(fd, 0, SEEK_CUR) == 8);
  CHECK(pwrite(fd, "AB", 2, 0) == 2);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  CHECK(read(fd, text, 4) == 4 && memcmp(text, "AB23", 4) == 0);
  CHECK_FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
  CHECK(lseek(fd, 100, SEEK_SET) == 100);
  CHECK(read(fd, text, 4) == 0);
  CHECK(write(fd, "x", 1) == 1);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 101);
  CHECK(pread(fd, text, 4, 50) == 4 && text[0] == 0 && text[3] == 0);
  CHECK(close(fd) == 0);
  CHECK_FAILS(close(fd), EBADF);
  CHECK_FAILS(read(fd, text, 1), EBADF);
}

static void flags(void) {
  CHECK_FAILS(open("missing", O_RDONLY), ENOENT);
  CHECK_FAILS(open("positions", O_CREAT | O_EXCL | O_RDWR), EEXIST);
  int fd = open("positions", O_WRONLY | O_APPEND);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  CHECK(write(fd, "end", 3) == 3);
  CHECK(lseek(fd, 0, SEEK_CUR) == 104);
  CHECK((fcntl(fd, F_GETFL) & O_APPEND) != 0);
  CHECK(fcntl(fd, F_SETFL, 0) == 0);
  CHECK((fcntl(fd, F_GETFL) & O_APPEND) == 0);
  char byte;
  CHECK_FAILS(read(fd, &byte, 1), EBADF);
  close(fd);
  fd = open("positions", O_RDONLY);
  CHECK_FAILS(write(fd, "x", 1), EBADF);
  close(fd);
  fd = open("positions", O_RDWR | O_TRUNC);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 0);
  CHECK(ftruncate(fd, 70000) == 0);
  CHECK(fstat(fd, &st) == 0 && st.st_size == 70000);
  CHECK_FAILS(ftruncate(fd, -1), EINVAL);
  CHECK(fsync(fd) == 0);
  CHECK(fdatasync(fd) == 0);
  CHECK(posix_fadvise(fd, 0, 100, POSIX_FADV_SEQUENTIAL) == 0);
  close(fd);
}

static void attributes(void) {
  struct stat by_name, by_fd;
  int fd = open("attributes", O_RDWR | O_CREAT, 0644);
  CHECK(write(fd, "abc", 3) == 3);
  CHECK(fstat(fd, &by_fd) == 0);
  CHECK(stat("attributes", &by_name) == 0);
  CHECK(S_ISREG(by_fd.st_mode) && S_ISREG(by_name.st_mode));
  CHECK(by_fd.st_ino == by_name.st_ino && by_fd.st_dev == by_name.st_dev);
  CHECK(by_name.st_size == 3 && by_name.st_nlink == 1);
  CHECK(!isatty(fd));
  // A file that is removed stays while it is open.
  CHECK(unlink("attributes") == 0);
  CHECK_FAILS(stat("attributes", &by_name), ENOENT);
  char text[3];
  CHECK(pread(fd, text, 3, 0) == 3 && memcmp(text, "abc", 3) == 0);
  close(fd);
}

static void streams(void) {
  FILE* file = fopen("stream.txt", "w+");
  CHECK(file != NULL);
  if (!file) return;
  for (int i = 0; i < 10000; ++i) fprintf(file, "line %d\n", i);
  CHECK(fflush(file) == 0);
  rewind(file);
  char line[64];
  int count = 0, matches = 0;
  while (fgets(line, sizeof(line), file)) {
    char expected[64];
    snprintf(expected, sizeof(expected), "line %d\n", count++);
    matches += strcmp(line, expected) == 0;
  }
  CHECK(count == 10000 && matches == 10000);
  CHECK(fseek(file, -10, SEEK_END) == 0);
  CHECK(fgets(line, sizeof(line), file) && strcmp(line, "line 9999\n") == 0);
  CHECK(fclose(file) == 0);
  CHECK(remove("stream.txt") == 0);
}

int main(void) {
  positions();
  flags();
  attributes();
  streams();
  return finish();
}
