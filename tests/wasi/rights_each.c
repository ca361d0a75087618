// Each right alone: with all others a function says notcapable (badf for reading and writing), with
// it and nothing else the function works.
// @dir
// @peer-differs wasmtime keeps no rights
#include "calls.h"

typedef __wasi_errno_t (*attempt)(__wasi_fd_t);

#define RIGHT(name) __WASI_RIGHTS_##name
// As many as a folder can have; what an opened one gets of them.
#define FOLDER_RIGHTS                                                                      \
  (RIGHT(PATH_CREATE_DIRECTORY) | RIGHT(PATH_CREATE_FILE) | RIGHT(PATH_LINK_SOURCE) |      \
   RIGHT(PATH_LINK_TARGET) | RIGHT(PATH_OPEN) | RIGHT(FD_READDIR) | RIGHT(PATH_READLINK) | \
   RIGHT(PATH_RENAME_SOURCE) | RIGHT(PATH_RENAME_TARGET) | RIGHT(PATH_FILESTAT_GET) |      \
   RIGHT(PATH_FILESTAT_SET_TIMES) | RIGHT(PATH_SYMLINK) | RIGHT(PATH_REMOVE_DIRECTORY) |   \
   RIGHT(PATH_UNLINK_FILE) | RIGHT(FD_FILESTAT_GET) | RIGHT(FD_FILESTAT_SET_TIMES) |       \
   RIGHT(FD_SYNC) | RIGHT(FD_DATASYNC) | RIGHT(FD_FDSTAT_SET_FLAGS))

struct row {
  const char* name;
  __wasi_rights_t right, along;  // along: what the attempt needs beside it
  attempt attempt;
  __wasi_errno_t refusal;
};

static uint8_t byte;
static __wasi_iovec_t in = {&byte, 1};
static __wasi_ciovec_t out = {&byte, 1};
static __wasi_size_t count;
static __wasi_filesize_t position;
static __wasi_filestat_t filestat;

static __wasi_errno_t do_read(__wasi_fd_t fd) { return __wasi_fd_read(fd, &in, 1, &count); }
static __wasi_errno_t do_write(__wasi_fd_t fd) { return __wasi_fd_write(fd, &out, 1, &count); }
static __wasi_errno_t do_pread(__wasi_fd_t fd) { return __wasi_fd_pread(fd, &in, 1, 0, &count); }
static __wasi_errno_t do_pwrite(__wasi_fd_t fd) { return __wasi_fd_pwrite(fd, &out, 1, 0, &count); }
static __wasi_errno_t do_seek(__wasi_fd_t fd) { return __wasi_fd_seek(fd, 1, 0, &position); }
static __wasi_errno_t do_advise(__wasi_fd_t fd) { return __wasi_fd_advise(fd, 0, 1, 0); }
static __wasi_errno_t do_sync(__wasi_fd_t fd) { return __wasi_fd_sync(fd); }
static __wasi_errno_t do_datasync(__wasi_fd_t fd) { return __wasi_fd_datasync(fd); }
static __wasi_errno_t do_stat(__wasi_fd_t fd) { return __wasi_fd_filestat_get(fd, &filestat); }
static __wasi_errno_t do_set_size(__wasi_fd_t fd) { return __wasi_fd_filestat_set_size(fd, 4); }
static __wasi_errno_t do_set_times(__wasi_fd_t fd) {
  return __wasi_fd_filestat_set_times(fd, 1, 1, __WASI_FSTFLAGS_MTIM);
}
static __wasi_errno_t do_set_flags(__wasi_fd_t fd) { return __wasi_fd_fdstat_set_flags(fd, 0); }
static __wasi_errno_t do_allocate(__wasi_fd_t fd) {
  const __wasi_errno_t error = __wasi_fd_allocate(fd, 0, 1);
  return error == __WASI_ERRNO_NOTSUP ? OK : error;  // some file systems do not
}
static __wasi_errno_t do_poll(__wasi_fd_t fd) {
  const __wasi_subscription_t list = {
      .u = {.tag = __WASI_EVENTTYPE_FD_READ, .u = {.fd_read = {.file_descriptor = fd}}}};
  __wasi_event_t event = {0};
  CHECK_ERRNO(__wasi_poll_oneoff(&list, &event, 1, &count), OK);
  return event.error;
}

static __wasi_errno_t do_create_file(__wasi_fd_t fd) {
  __wasi_fd_t made;
  const __wasi_errno_t error = __wasi_path_open(fd, 0, "made", __WASI_OFLAGS_CREAT, 0, 0, 0, &made);
  return error == OK ? __wasi_fd_close(made) : error;
}
static __wasi_errno_t do_open(__wasi_fd_t fd) {
  __wasi_fd_t opened;
  const __wasi_errno_t error = __wasi_path_open(fd, 0, "file", 0, 0, 0, 0, &opened);
  return error == OK ? __wasi_fd_close(opened) : error;
}
static __wasi_errno_t do_create_directory(__wasi_fd_t fd) {
  return __wasi_path_create_directory(fd, "new-dir");
}
static __wasi_errno_t do_remove_directory(__wasi_fd_t fd) {
  return __wasi_path_remove_directory(fd, "new-dir");
}
static __wasi_errno_t do_symlink(__wasi_fd_t fd) { return __wasi_path_symlink("file", fd, "link"); }
static __wasi_errno_t do_readlink(__wasi_fd_t fd) {
  return __wasi_path_readlink(fd, "link", &byte, 1, &count);
}
static __wasi_errno_t do_unlink(__wasi_fd_t fd) { return __wasi_path_unlink_file(fd, "link"); }
static __wasi_errno_t do_readdir(__wasi_fd_t fd) {
  return __wasi_fd_readdir(fd, &byte, 1, 0, &count);
}
static __wasi_errno_t do_path_stat(__wasi_fd_t fd) {
  return __wasi_path_filestat_get(fd, 0, "file", &filestat);
}
static __wasi_errno_t do_path_times(__wasi_fd_t fd) {
  return __wasi_path_filestat_set_times(fd, 0, "file", 1, 1, __WASI_FSTFLAGS_MTIM);
}
// The other end is the given folder, which may do everything.
static __wasi_errno_t do_link_from(__wasi_fd_t fd) {
  return __wasi_path_link(fd, 0, "file", ROOT, "linked-from");
}
static __wasi_errno_t do_link_to(__wasi_fd_t fd) {
  return __wasi_path_link(ROOT, 0, "folder/file", fd, "linked-to");
}
static __wasi_errno_t do_rename_from(__wasi_fd_t fd) {
  return __wasi_path_rename(fd, "linked-to", ROOT, "moved");
}
static __wasi_errno_t do_rename_to(__wasi_fd_t fd) {
  return __wasi_path_rename(ROOT, "moved", fd, "moved-back");
}

static void check_rows(const struct row* rows, size_t length, const char* path,
                       __wasi_oflags_t oflags, __wasi_rights_t all) {
  for (size_t i = 0; i < length; ++i) {
    __wasi_fd_t without = CLOSED, with = CLOSED;
    CHECK_ERRNO(open_as(path, 0, oflags, all & ~rows[i].right, 0, &without), OK);
    CHECK_ERRNO(open_as(path, 0, oflags, rows[i].right | rows[i].along, 0, &with), OK);
    const __wasi_errno_t refused = rows[i].attempt(without), allowed = rows[i].attempt(with);
    if (refused != rows[i].refusal || allowed != OK) {
      fprintf(stderr, "%s: %d without the right, %d with it\n", rows[i].name, refused, allowed);
      ++failures;
    }
    CHECK_ERRNO(__wasi_fd_close(without), OK);
    CHECK_ERRNO(__wasi_fd_close(with), OK);
  }
}

#define ROW(name, right, along) {#name, RIGHT(right), along, do_##name, __WASI_ERRNO_NOTCAPABLE}
#define DATA_ROW(name, right, along) {#name, RIGHT(right), along, do_##name, __WASI_ERRNO_BADF}

static void of_files(void) {
  static const struct row kRows[] = {
      DATA_ROW(read, FD_READ, 0),
      DATA_ROW(write, FD_WRITE, 0),
      DATA_ROW(pread, FD_READ, RIGHT(FD_SEEK)),
      ROW(pread, FD_SEEK, RIGHT(FD_READ)),
      DATA_ROW(pwrite, FD_WRITE, RIGHT(FD_SEEK)),
      ROW(pwrite, FD_SEEK, RIGHT(FD_WRITE)),
      ROW(seek, FD_SEEK, 0),
      ROW(advise, FD_ADVISE, 0),
      ROW(allocate, FD_ALLOCATE, RIGHT(FD_WRITE)),
      ROW(sync, FD_SYNC, 0),
      ROW(datasync, FD_DATASYNC, 0),
      ROW(stat, FD_FILESTAT_GET, 0),
      ROW(set_size, FD_FILESTAT_SET_SIZE, RIGHT(FD_WRITE)),
      ROW(set_times, FD_FILESTAT_SET_TIMES, 0),
      ROW(set_flags, FD_FDSTAT_SET_FLAGS, 0),
      ROW(poll, POLL_FD_READWRITE, RIGHT(FD_READ)),
  };
  make("file", "text");
  check_rows(kRows, sizeof(kRows) / sizeof(*kRows), "file", 0, FILE_RIGHTS);
}

// In this order: one makes what the next needs.
static void of_folders(void) {
  static const struct row kRows[] = {
      ROW(open, PATH_OPEN, 0),
      ROW(create_file, PATH_CREATE_FILE, RIGHT(PATH_OPEN)),
      ROW(create_directory, PATH_CREATE_DIRECTORY, 0),
      ROW(remove_directory, PATH_REMOVE_DIRECTORY, 0),
      ROW(symlink, PATH_SYMLINK, 0),
      ROW(readlink, PATH_READLINK, 0),
      ROW(unlink, PATH_UNLINK_FILE, 0),
      ROW(readdir, FD_READDIR, 0),
      ROW(path_stat, PATH_FILESTAT_GET, 0),
      ROW(path_times, PATH_FILESTAT_SET_TIMES, 0),
      ROW(link_from, PATH_LINK_SOURCE, 0),
      ROW(link_to, PATH_LINK_TARGET, 0),
      ROW(rename_from, PATH_RENAME_SOURCE, 0),
      ROW(rename_to, PATH_RENAME_TARGET, 0),
      ROW(stat, FD_FILESTAT_GET, 0),
      ROW(set_times, FD_FILESTAT_SET_TIMES, 0),
      ROW(sync, FD_SYNC, 0),
      ROW(datasync, FD_DATASYNC, 0),
      ROW(set_flags, FD_FDSTAT_SET_FLAGS, 0),
  };
  make_dir("folder");
  make("folder/file", "text");
  check_rows(kRows, sizeof(kRows) / sizeof(*kRows), "folder", __WASI_OFLAGS_DIRECTORY,
             FOLDER_RIGHTS);
}

int main(void) {
  CASE(of_files);
  CASE(of_folders);
  return finish();
}
