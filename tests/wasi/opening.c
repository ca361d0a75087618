// path_open: what each flag makes of what is there and what is not, by kind of thing and of path.
// @dir
// @peer-skips sync_flags wasmtime opens nothing for synchronous writing
// @peer-skips bad_flags wasmtime ends the program
// @peer-skips rights_narrow wasmtime ends a program that asks for unknown rights
#include "calls.h"

enum {
  CREAT = __WASI_OFLAGS_CREAT,
  EXCL = __WASI_OFLAGS_EXCL,
  TRUNC = __WASI_OFLAGS_TRUNC,
  DIRECTORY = __WASI_OFLAGS_DIRECTORY,
  WRITE = __WASI_RIGHTS_FD_WRITE
};

static void creating(void) {
  CHECK_ERRNO(try_open("made", 0, 0, READ), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("made", 0, TRUNC, WRITE), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("made", 0, CREAT, WRITE), OK);
  CHECK(type_of("made") == __WASI_FILETYPE_REGULAR_FILE);
  CHECK_ERRNO(try_open("made", 0, CREAT, READ), OK);
  CHECK_ERRNO(try_open("made", 0, CREAT | EXCL, WRITE), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(try_open("new", 0, CREAT | EXCL, WRITE), OK);
  CHECK_ERRNO(try_open("none/new", 0, CREAT, WRITE), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("made/new", 0, CREAT, WRITE), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(try_open("slash/", 0, CREAT, WRITE), __WASI_ERRNO_ISDIR);
  CHECK(type_of("slash") == -1);
}

static void truncating(void) {
  make("long", "0123456789");
  CHECK_ERRNO(try_open("long", 0, 0, WRITE), OK);
  CHECK(file_holds("long", "0123456789"));
  CHECK_ERRNO(try_open("long", 0, CREAT | EXCL | TRUNC, WRITE), __WASI_ERRNO_EXIST);
  CHECK(file_holds("long", "0123456789"));
  CHECK_ERRNO(try_open("long", 0, CREAT | TRUNC, WRITE), OK);
  CHECK(file_holds("long", ""));
}

static void directories(void) {
  make_dir("dir");
  make("plain", "x");
  CHECK_ERRNO(try_open("dir", 0, DIRECTORY, __WASI_RIGHTS_FD_READDIR), OK);
  CHECK_ERRNO(try_open("dir/", 0, DIRECTORY, __WASI_RIGHTS_FD_READDIR), OK);
  CHECK_ERRNO(try_open("dir", 0, 0, READ), OK);
  CHECK_ERRNO(try_open("plain", 0, DIRECTORY, __WASI_RIGHTS_FD_READDIR), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(try_open("plain/", 0, 0, READ), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(try_open("none", 0, DIRECTORY, __WASI_RIGHTS_FD_READDIR), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("dir", 0, 0, READ | WRITE), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(try_open("dir", 0, TRUNC, READ | WRITE), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(try_open("dir", 0, CREAT | EXCL, WRITE), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(try_open("plain", 0, CREAT | DIRECTORY, WRITE), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(try_open("fresh", 0, CREAT | DIRECTORY, WRITE), __WASI_ERRNO_INVAL);
  CHECK(type_of("fresh") == -1);
}

static void bad_directory_descriptors(void) {
  __wasi_fd_t fd, plain = make_open("base", "x");
  CHECK_ERRNO(__wasi_path_open(plain, 0, "made", 0, READ, 0, 0, &fd), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_path_open(CLOSED, 0, "made", 0, READ, 0, 0, &fd), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_path_open(0xffffffffu, 0, "made", 0, READ, 0, 0, &fd), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_close(plain), OK);
  CHECK_ERRNO(__wasi_path_open(plain, 0, "made", 0, READ, 0, 0, &fd), __WASI_ERRNO_BADF);
}

static void appending(void) {
  __wasi_fd_t fd;
  make("log", "one");
  CHECK_ERRNO(open_as("log", 0, 0, FILE_RIGHTS, __WASI_FDFLAGS_APPEND, &fd), OK);
  CHECK(put(fd, "two") == 3);
  CHECK(holds(fd, "onetwo"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void sync_flags(void) {
  static const __wasi_fdflags_t kFlags[] = {__WASI_FDFLAGS_DSYNC, __WASI_FDFLAGS_RSYNC,
                                            __WASI_FDFLAGS_SYNC};
  for (size_t i = 0; i < sizeof(kFlags) / sizeof(*kFlags); ++i) {
    __wasi_fd_t fd;
    __wasi_fdstat_t stat;
    CHECK_ERRNO(open_as("synced", 0, CREAT | TRUNC, FILE_RIGHTS, kFlags[i], &fd), OK);
    CHECK_ERRNO(__wasi_fd_fdstat_get(fd, &stat), OK);
    CHECK(stat.fs_flags == kFlags[i]);
    CHECK(put(fd, "text") == 4 && holds(fd, "text"));
    CHECK_ERRNO(__wasi_fd_close(fd), OK);
  }
}

static void non_blocking(void) {
  __wasi_fd_t fd;
  make("quick", "text");
  CHECK_ERRNO(open_as("quick", 0, 0, FILE_RIGHTS, __WASI_FDFLAGS_NONBLOCK, &fd), OK);
  CHECK(holds(fd, "text"));
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void bad_flags(void) {
  __wasi_fd_t fd;
  make("any", "");
  CHECK_ERRNO(open_as("any", 0x10, 0, READ, 0, &fd), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(open_as("any", 0, 0x10, READ, 0, &fd), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(open_as("any", 0, 0, READ, 0x20, &fd), __WASI_ERRNO_INVAL);
}

// Rights that mean nothing for what was opened go, unknown ones too.
static void rights_narrow(void) {
  __wasi_fd_t fd;
  __wasi_fdstat_t stat;
  make("narrow", "");
  CHECK_ERRNO(open_as("narrow", 0, 0, READ | __WASI_RIGHTS_PATH_OPEN | 1ull << 60, 0, &fd), OK);
  CHECK_ERRNO(__wasi_fd_fdstat_get(fd, &stat), OK);
  CHECK(stat.fs_rights_base == READ && stat.fs_rights_inheriting == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void lowest_numbers(void) {
  __wasi_fd_t a, b, c;
  make("number", "");
  CHECK_ERRNO(open_as("number", 0, 0, READ, 0, &a), OK);
  CHECK_ERRNO(open_as("number", 0, 0, READ, 0, &b), OK);
  CHECK(a != b);
  CHECK_ERRNO(__wasi_fd_close(a), OK);
  CHECK_ERRNO(__wasi_fd_close(a), __WASI_ERRNO_BADF);
  CHECK_ERRNO(open_as("number", 0, 0, READ, 0, &c), OK);
  CHECK(c == a);
  CHECK_ERRNO(__wasi_fd_close(b), OK);
  CHECK_ERRNO(__wasi_fd_close(c), OK);
}

int main(void) {
  CASE(creating);
  CASE(truncating);
  CASE(directories);
  CASE(bad_directory_descriptors);
  CASE(appending);
  CASE(sync_flags);
  CASE(non_blocking);
  CASE(bad_flags);
  CASE(rights_narrow);
  CASE(lowest_numbers);
  return finish();
}
