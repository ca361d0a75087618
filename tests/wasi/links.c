// Hard and symbolic links, followed and not followed; loops; O_NOFOLLOW.
// @dir
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static void make(const char* name, const char* text) {
  int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static int reads_as(const char* name, const char* text) {
  char found[64] = {0};
  int fd = open(name, O_RDONLY);
  if (fd < 0) return 0;
  ssize_t count = read(fd, found, sizeof(found) - 1);
  close(fd);
  return count == (ssize_t)strlen(text) && strcmp(found, text) == 0;
}

int main(void) {
  struct stat st;
  char text[64] = {0};
  CHECK(mkdir("dir", 0755) == 0);
  make("file", "file");
  make("dir/inner", "inner");

  CHECK(link("file", "hard") == 0);
  CHECK(stat("hard", &st) == 0 && st.st_nlink == 2);
  CHECK_FAILS(link("file", "hard"), EEXIST);
  CHECK_FAILS(link("none", "x"), ENOENT);
  CHECK_FAILS(link("dir", "x"), EPERM);
  CHECK(unlink("hard") == 0);
  CHECK(stat("file", &st) == 0 && st.st_nlink == 1);

  if (symlink("file", "to-file") != 0) return finish();  // a system without symbolic links
  CHECK(symlink("dir", "to-dir") == 0);
  CHECK(symlink("to-file", "twice") == 0);
  CHECK(symlink("../file", "dir/up") == 0);
  CHECK(symlink("nowhere", "dangling") == 0);
  CHECK(symlink("loop", "loop") == 0);
  CHECK_FAILS(symlink("x", "file"), EEXIST);
  CHECK_FAILS(symlink("/etc/passwd", "absolute"), EPERM);

  CHECK(reads_as("to-file", "file"));
  CHECK(reads_as("twice", "file"));
  CHECK(reads_as("to-dir/inner", "inner"));
  CHECK(reads_as("dir/up", "file"));
  CHECK(reads_as("to-dir/up", "file"));
  CHECK(reads_as("to-dir/../file", "file"));

  CHECK(lstat("to-file", &st) == 0 && S_ISLNK(st.st_mode));
  CHECK(stat("to-file", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 4);
  CHECK(stat("to-dir", &st) == 0 && S_ISDIR(st.st_mode));
  CHECK_FAILS(stat("dangling", &st), ENOENT);
  CHECK(lstat("dangling", &st) == 0);
  CHECK_FAILS(stat("loop", &st), ELOOP);
  CHECK_FAILS(open("loop", O_RDONLY), ELOOP);
  CHECK_FAILS(open("to-file", O_RDONLY | O_NOFOLLOW), ELOOP);
  CHECK_FAILS(open("to-file/", O_RDONLY), ENOTDIR);
  CHECK_FAILS(open("loop/x", O_RDONLY), ELOOP);

  CHECK(readlink("to-dir", text, sizeof(text)) == 3 && memcmp(text, "dir", 3) == 0);
  CHECK(readlink("to-dir", text, 2) == 2);
  CHECK_FAILS(readlink("file", text, sizeof(text)), EINVAL);
  CHECK_FAILS(readlink("none", text, sizeof(text)), ENOENT);

  // Creating through a dangling link makes its target; exclusively, it does not.
  CHECK_FAILS(open("dangling", O_CREAT | O_EXCL | O_WRONLY), EEXIST);
  close(open("dangling", O_CREAT | O_WRONLY, 0644));
  CHECK(lstat("nowhere", &st) == 0 && S_ISREG(st.st_mode));

  // Renaming and removing mean the link.
  CHECK(rename("to-file", "renamed") == 0);
  CHECK(lstat("renamed", &st) == 0 && S_ISLNK(st.st_mode));
  CHECK(unlink("renamed") == 0);
  CHECK_FAILS(rmdir("to-dir"), ENOTDIR);
  CHECK(unlink("to-dir") == 0);
  CHECK(reads_as("file", "file") && reads_as("dir/inner", "inner"));
  return finish();
}
