// What descriptors say about themselves and their folders, and how numbers move: fdstat, flags,
// rights, prestat, close, renumber.
// @dir
// @stdin nothing
// @peer-skips flags wasmtime opens nothing for synchronous writing
// @peer-skips unknown_flags wasmtime ends the program
// @peer-skips rights wasmtime keeps no rights
#include "calls.h"

static __wasi_fdstat_t fdstat_of(__wasi_fd_t fd) {
  __wasi_fdstat_t stat = {0};
  CHECK_ERRNO(__wasi_fd_fdstat_get(fd, &stat), OK);
  return stat;
}

static void types(void) {
  __wasi_fdstat_t stat;
  const __wasi_fd_t file = make_open("file", ""), folder = open_dir(".");
  CHECK(fdstat_of(file).fs_filetype == __WASI_FILETYPE_REGULAR_FILE);
  CHECK(fdstat_of(folder).fs_filetype == __WASI_FILETYPE_DIRECTORY);
  CHECK(fdstat_of(ROOT).fs_filetype == __WASI_FILETYPE_DIRECTORY);
  CHECK(fdstat_of(file).fs_flags == 0);
  CHECK(stat_of(file).filetype == __WASI_FILETYPE_REGULAR_FILE);
  CHECK(stat_of(ROOT).filetype == __WASI_FILETYPE_DIRECTORY);
  CHECK_ERRNO(__wasi_fd_close(file), OK);
  CHECK_ERRNO(__wasi_fd_close(folder), OK);
  CHECK_ERRNO(__wasi_fd_fdstat_get(file, &stat), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_fdstat_get(UINT32_MAX, &stat), __WASI_ERRNO_BADF);
}

// The runner gives pipes, which are no terminals.
static void standard_streams(void) {
  for (__wasi_fd_t fd = 0; fd < 3; ++fd) {
    const __wasi_fdstat_t stat = fdstat_of(fd);
    CHECK(stat.fs_filetype != __WASI_FILETYPE_CHARACTER_DEVICE);
    CHECK(stat.fs_filetype != __WASI_FILETYPE_DIRECTORY);
    CHECK(!(stat.fs_rights_base & (__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_PATH_OPEN)));
    CHECK(stat_of(fd).size == 0);
  }
}

static void appending_is_switched(void) {
  const __wasi_fd_t fd = make_open("log", "0123");
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND), OK);
  CHECK(fdstat_of(fd).fs_flags == __WASI_FDFLAGS_APPEND);
  CHECK(put(fd, "4") == 1 && holds(fd, "01234"));
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(fd, 0), OK);
  CHECK(fdstat_of(fd).fs_flags == 0);
  __wasi_filesize_t position;
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &position), OK);
  CHECK(put(fd, "x") == 1 && holds(fd, "x1234"));
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK), OK);
  CHECK(fdstat_of(fd).fs_flags == __WASI_FDFLAGS_NONBLOCK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(fd, 0), __WASI_ERRNO_BADF);
}

// How writing gets to the disk is chosen by opening.
static void flags(void) {
  const __wasi_fd_t fd = make_open("sync", "");
  static const __wasi_fdflags_t kSync[] = {__WASI_FDFLAGS_DSYNC, __WASI_FDFLAGS_RSYNC,
                                           __WASI_FDFLAGS_SYNC};
  for (size_t i = 0; i < 3; ++i) {
    __wasi_fd_t synced;
    CHECK_ERRNO(__wasi_fd_fdstat_set_flags(fd, kSync[i]), __WASI_ERRNO_NOTSUP);
    CHECK_ERRNO(open_as("sync", 0, 0, FILE_RIGHTS, kSync[i], &synced), OK);
    CHECK_ERRNO(__wasi_fd_fdstat_set_flags(synced, kSync[i] | __WASI_FDFLAGS_APPEND), OK);
    CHECK_ERRNO(__wasi_fd_fdstat_set_flags(synced, 0), OK);
    CHECK(fdstat_of(synced).fs_flags == kSync[i]);
    CHECK_ERRNO(__wasi_fd_close(synced), OK);
  }
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(ROOT, __WASI_FDFLAGS_APPEND), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void unknown_flags(void) {
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(0, 0x20), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_fd_fdstat_set_flags(0, 0x8000), __WASI_ERRNO_INVAL);
}

static void rights(void) {
  const __wasi_fd_t fd = make_open("rights", "text");
  __wasi_filesize_t position;
  const __wasi_rights_t all = fdstat_of(fd).fs_rights_base;
  CHECK(all == FILE_RIGHTS);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, all, 0), OK);  // as they are
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, all | __WASI_RIGHTS_PATH_OPEN, 0),
              __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, all, __WASI_RIGHTS_FD_READ), __WASI_ERRNO_NOTCAPABLE);
  CHECK(fdstat_of(fd).fs_rights_base == all);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, __WASI_RIGHTS_FD_TELL, 0), OK);
  CHECK(fdstat_of(fd).fs_rights_base == __WASI_RIGHTS_FD_TELL);
  CHECK_ERRNO(__wasi_fd_tell(fd, &position), OK);
  CHECK_ERRNO(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &position), OK);
  CHECK_ERRNO(__wasi_fd_seek(fd, 1, __WASI_WHENCE_CUR, &position), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, 0, 0), OK);
  CHECK_ERRNO(__wasi_fd_tell(fd, &position), __WASI_ERRNO_NOTCAPABLE);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);  // that needs no right
  CHECK_ERRNO(__wasi_fd_fdstat_set_rights(fd, 0, 0), __WASI_ERRNO_BADF);
}

static void names_of_folders(void) {
  __wasi_prestat_t prestat;
  uint8_t name[8];
  CHECK_ERRNO(__wasi_fd_prestat_get(ROOT, &prestat), OK);
  CHECK(prestat.tag == __WASI_PREOPENTYPE_DIR && prestat.u.dir.pr_name_len == 1);
  memset(name, 'x', sizeof(name));
  CHECK_ERRNO(__wasi_fd_prestat_dir_name(ROOT, name, 1), OK);
  CHECK(memcmp(name, "/xxx", 4) == 0);
  CHECK_ERRNO(__wasi_fd_prestat_dir_name(ROOT, name, 0), __WASI_ERRNO_NAMETOOLONG);
  // What has not been given, but opened, has no name.
  const __wasi_fd_t fd = open_dir(".");
  CHECK_ERRNO(__wasi_fd_prestat_get(fd, &prestat), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_prestat_get(0, &prestat), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_prestat_get(CLOSED, &prestat), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_prestat_dir_name(CLOSED, name, 8), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void names_of_what_is_no_folder(void) {
  uint8_t name[8];
  const __wasi_fd_t fd = open_dir(".");
  CHECK_ERRNO(__wasi_fd_prestat_dir_name(0, name, 8), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_fd_prestat_dir_name(fd, name, 8), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void renumbering(void) {
  const __wasi_fd_t a = make_open("a", "aaa"), b = make_open("b", "bbb");
  CHECK_ERRNO(__wasi_fd_renumber(a, b), OK);
  CHECK(holds(b, "aaa"));
  CHECK_ERRNO(__wasi_fd_close(a), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(b, b), OK);
  CHECK(holds(b, "aaa"));
  CHECK_ERRNO(__wasi_fd_renumber(a, b), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(b, a), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(a, a), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(b, UINT32_MAX), __WASI_ERRNO_BADF);
  CHECK(holds(b, "aaa"));
  CHECK_ERRNO(__wasi_fd_close(b), OK);
  CHECK_ERRNO(__wasi_fd_renumber(b, b), __WASI_ERRNO_BADF);
}

// A given folder is a descriptor as others are: it can be closed, and its number used again. (Last:
// nothing can be opened after it.)
static void the_given_folder_goes(void) {
  __wasi_prestat_t prestat;
  __wasi_fd_t fd;
  const __wasi_fd_t folder = open_dir("."), file = make_open("last", "text");
  CHECK_ERRNO(__wasi_fd_renumber(folder, ROOT), OK);
  CHECK_ERRNO(__wasi_fd_prestat_get(ROOT, &prestat), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_renumber(file, ROOT), OK);
  CHECK(holds(ROOT, "text"));
  CHECK_ERRNO(__wasi_path_open(ROOT, 0, "last", 0, READ, 0, 0, &fd), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_fd_close(ROOT), OK);
  CHECK_ERRNO(__wasi_fd_close(ROOT), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_path_open(ROOT, 0, "last", 0, READ, 0, 0, &fd), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_close(UINT32_MAX), __WASI_ERRNO_BADF);
}

int main(void) {
  CASE(types);
  CASE(standard_streams);
  CASE(appending_is_switched);
  CASE(flags);
  CASE(unknown_flags);
  CASE(rights);
  CASE(names_of_folders);
  CASE(names_of_what_is_no_folder);
  CASE(renumbering);
  CASE(the_given_folder_goes);
  return finish();
}
