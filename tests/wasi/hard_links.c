// path_link: a second name for the same file; not for folders, not over what is there, and of a
// symbolic link for the link itself.
// @dir
#include "calls.h"

static __wasi_errno_t link_names(const char* from, const char* to) {
  return __wasi_path_link(ROOT, 0, from, ROOT, to);
}

static void second_name(void) {
  make("file", "text");
  make_dir("sub");
  CHECK_ERRNO(link_names("file", "sub/other"), OK);
  __wasi_filestat_t a, b;
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "file", &a), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "sub/other", &b), OK);
  CHECK(a.dev == b.dev && a.ino == b.ino && a.nlink == 2 && b.nlink == 2);
  // What is written through one name is read through the other, and one name outlives the other.
  make("sub/other", "changed");
  CHECK(file_holds("file", "changed"));
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "file"), OK);
  CHECK(file_holds("sub/other", "changed"));
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "sub/other", &b), OK);
  CHECK(b.nlink == 1);
}

static void between_folders(void) {
  make_dir("from");
  make_dir("to");
  make("from/file", "text");
  const __wasi_rights_t rights = __WASI_RIGHTS_PATH_LINK_SOURCE | __WASI_RIGHTS_PATH_LINK_TARGET;
  __wasi_fd_t from, to;
  CHECK_ERRNO(open_as("from", 0, __WASI_OFLAGS_DIRECTORY, rights, 0, &from), OK);
  CHECK_ERRNO(open_as("to", 0, __WASI_OFLAGS_DIRECTORY, rights, 0, &to), OK);
  CHECK_ERRNO(__wasi_path_link(from, 0, "file", to, "name"), OK);
  CHECK(file_holds("to/name", "text"));
  CHECK_ERRNO(__wasi_fd_close(from), OK);
  CHECK_ERRNO(__wasi_path_link(from, 0, "file", to, "again"), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_path_link(to, 0, "name", from, "again"), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_close(to), OK);
}

static void refused(void) {
  make("source", "text");
  make("taken", "taken");
  make_dir("folder");
  CHECK_ERRNO(link_names("none", "new"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(link_names("source", "none/new"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(link_names("source", "taken"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(link_names("source", "source"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(link_names("source", "folder"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(link_names("source", "taken/new"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(link_names("source/x", "new"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(link_names("folder", "new"), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_path_link(ROOT, FOLLOW, "source", ROOT, "new"), __WASI_ERRNO_INVAL);
  CHECK(type_of("new") == -1 && file_holds("taken", "taken"));
}

static void slashes(void) {
  make("plain", "text");
  CHECK_ERRNO(link_names("plain/", "new"), __WASI_ERRNO_NOTDIR);
  const __wasi_errno_t error = link_names("plain", "new/");
  CHECK(error == __WASI_ERRNO_NOENT || error == __WASI_ERRNO_NOTDIR);
  CHECK(type_of("new") == -1);
}

static void of_symbolic_links(void) {
  __wasi_filestat_t a, b;
  CHECK_ERRNO(__wasi_path_symlink("nowhere", ROOT, "symbolic"), OK);
  CHECK_ERRNO(link_names("symbolic", "twin"), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "symbolic", &a), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "twin", &b), OK);
  CHECK(b.filetype == __WASI_FILETYPE_SYMBOLIC_LINK && a.ino == b.ino);
  make("end", "");
  CHECK_ERRNO(link_names("end", "symbolic"), __WASI_ERRNO_EXIST);
  CHECK(type_of("nowhere") == -1);
}

int main(void) {
  CASE(second_name);
  CASE(between_folders);
  CASE(refused);
  CASE(slashes);
  CASE(of_symbolic_links);
  return finish();
}
