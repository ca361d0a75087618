// A directory given as :readonly can be read, and that is all.
// @dir readonly
// @file data hello
// @peer-differs wasmtime answers perm
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  char text[8] = {0};
  struct stat st;
  int fd = open("data", O_RDONLY);
  CHECK(fd >= 0);
  CHECK(read(fd, text, 8) == 5 && strcmp(text, "hello") == 0);
  CHECK_FAILS(write(fd, "x", 1), EBADF);
  struct timespec times[2] = {{1, 0}, {1, 0}};
  CHECK_FAILS(futimens(fd, times), EROFS);
  close(fd);
  CHECK(stat("data", &st) == 0 && st.st_size == 5);
  CHECK_FAILS(open("data", O_WRONLY), EROFS);
  CHECK_FAILS(open("data", O_RDWR), EROFS);
  CHECK_FAILS(open("data", O_RDONLY | O_TRUNC), EROFS);
  CHECK_FAILS(open("new", O_CREAT | O_RDONLY, 0644), EROFS);
  CHECK_FAILS(mkdir("dir", 0755), EROFS);
  CHECK_FAILS(unlink("data"), EROFS);
  CHECK_FAILS(rmdir("data"), EROFS);
  CHECK_FAILS(rename("data", "other"), EROFS);
  CHECK_FAILS(link("data", "other"), EROFS);
  CHECK_FAILS(symlink("data", "other"), EROFS);
  CHECK_FAILS(utimensat(AT_FDCWD, "data", times, 0), EROFS);
  CHECK_FAILS(open("none", O_RDONLY), ENOENT);
  return finish();
}
