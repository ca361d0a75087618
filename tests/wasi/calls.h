// Short forms of calls of preview1 that many guests make, on the folder that they are given, which
// is descriptor 3. Not here: checks of one case. Failures are counted where they are seen; paths
// are as the C library passes them, so without a zero inside.
#ifndef SKERRY_TESTS_WASI_CALLS_H
#define SKERRY_TESTS_WASI_CALLS_H

#include "check.h"

enum { ROOT = 3, CLOSED = 77 };  // CLOSED: no program here has that many descriptors

#define READ (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL)
#define FILE_RIGHTS                                                                            \
  (READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_ALLOCATE | \
   __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES |                  \
   __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_DATASYNC | __WASI_RIGHTS_FD_ADVISE |               \
   __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_POLL_FD_READWRITE)
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

// What a descriptor gives its opener: the errno, and in *fd what was opened.
static inline __wasi_errno_t open_as(const char* path, __wasi_lookupflags_t lookup,
                                     __wasi_oflags_t oflags, __wasi_rights_t rights,
                                     __wasi_fdflags_t flags, __wasi_fd_t* fd) {
  return __wasi_path_open(ROOT, lookup, path, oflags, rights, 0, flags, fd);
}

// The errno of opening; what was opened is closed again.
static inline __wasi_errno_t try_open(const char* path, __wasi_lookupflags_t lookup,
                                      __wasi_oflags_t oflags, __wasi_rights_t rights) {
  __wasi_fd_t fd;
  const __wasi_errno_t error = open_as(path, lookup, oflags, rights, 0, &fd);
  if (error == OK) CHECK_ERRNO(__wasi_fd_close(fd), OK);
  return error;
}

static inline __wasi_fd_t open_dir(const char* path) {
  __wasi_fd_t fd = CLOSED;
  CHECK_ERRNO(open_as(path, 0, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, &fd), OK);
  return fd;
}

static inline __wasi_size_t put(__wasi_fd_t fd, const char* text) {
  const __wasi_ciovec_t data = {(const uint8_t*)text, strlen(text)};
  __wasi_size_t count = 0;
  CHECK_ERRNO(__wasi_fd_write(fd, &data, 1, &count), OK);
  return count;
}

// A file that holds `text`, open for everything, at its start.
static inline __wasi_fd_t make_open(const char* path, const char* text) {
  __wasi_fd_t fd = CLOSED;
  __wasi_filesize_t position;
  CHECK_ERRNO(open_as(path, 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, FILE_RIGHTS, 0, &fd), OK);
  CHECK(put(fd, text) == strlen(text));
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &position), OK);
  return fd;
}

static inline void make(const char* path, const char* text) {
  CHECK_ERRNO(__wasi_fd_close(make_open(path, text)), OK);
}

static inline void make_dir(const char* path) {
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, path), OK);
}

// What is there, links not followed: a file type, or -1.
static inline int type_of(const char* path) {
  __wasi_filestat_t stat;
  return __wasi_path_filestat_get(ROOT, 0, path, &stat) == OK ? stat.filetype : -1;
}

static inline __wasi_filestat_t stat_of(__wasi_fd_t fd) {
  __wasi_filestat_t stat = {0};
  CHECK_ERRNO(__wasi_fd_filestat_get(fd, &stat), OK);
  return stat;
}

// Does an open file hold just this? Its position stays.
static inline int holds(__wasi_fd_t fd, const char* text) {
  uint8_t found[64];
  const __wasi_iovec_t room = {found, sizeof(found)};
  __wasi_size_t count = 0;
  CHECK_ERRNO(__wasi_fd_pread(fd, &room, 1, 0, &count), OK);
  return count == strlen(text) && memcmp(found, text, count) == 0;
}

static inline int file_holds(const char* path, const char* text) {
  __wasi_fd_t fd;
  if (open_as(path, FOLLOW, 0, READ, 0, &fd) != OK) return 0;
  const int same = holds(fd, text);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  return same;
}

#endif
