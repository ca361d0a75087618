// path_create_directory, path_remove_directory and path_unlink_file: each on what it is for and on
// what it is not for.
// @dir
// @peer-skips slashes wasmtime answers inval when asked to remove `folder/`
#include "calls.h"

static __wasi_errno_t make_folder(const char* path) {
  return __wasi_path_create_directory(ROOT, path);
}
static __wasi_errno_t remove_folder(const char* path) {
  return __wasi_path_remove_directory(ROOT, path);
}
static __wasi_errno_t remove_file(const char* path) { return __wasi_path_unlink_file(ROOT, path); }

static void making_folders(void) {
  make("file", "");
  CHECK_ERRNO(make_folder("folder"), OK);
  CHECK_ERRNO(make_folder("folder"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(make_folder("folder/"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(make_folder("slash/"), OK);
  CHECK(type_of("slash") == __WASI_FILETYPE_DIRECTORY);
  CHECK_ERRNO(make_folder("file"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(make_folder("file/x"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(make_folder("none/x"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(make_folder("."), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_create_directory(CLOSED, "x"), __WASI_ERRNO_BADF);
}

static void removing_folders(void) {
  CHECK_ERRNO(make_folder("full"), OK);
  make("full/inner", "");
  CHECK_ERRNO(remove_folder("full"), __WASI_ERRNO_NOTEMPTY);
  CHECK_ERRNO(remove_folder("full/inner"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(remove_folder("full/none"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(remove_file("full/inner"), OK);
  CHECK_ERRNO(remove_folder("full"), OK);
  CHECK_ERRNO(remove_folder("full"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_remove_directory(CLOSED, "x"), __WASI_ERRNO_BADF);
}

static void removing_this_folder(void) {
  CHECK_ERRNO(make_folder("self"), OK);
  CHECK_ERRNO(remove_folder("self/."), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(remove_folder("."), __WASI_ERRNO_INVAL);
  CHECK(type_of("self") == __WASI_FILETYPE_DIRECTORY);
}

static void removing_files(void) {
  make("gone", "");
  CHECK_ERRNO(make_folder("no-file"), OK);
  CHECK_ERRNO(remove_file("gone"), OK);
  CHECK_ERRNO(remove_file("gone"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(remove_file("no-file"), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(remove_file("no-file/"), __WASI_ERRNO_ISDIR);
  CHECK(type_of("no-file") == __WASI_FILETYPE_DIRECTORY);
  CHECK_ERRNO(remove_file("none/x"), __WASI_ERRNO_NOENT);
  make("kept", "kept");
  CHECK_ERRNO(remove_file("kept/x"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(remove_file("kept/"), __WASI_ERRNO_NOTDIR);
  CHECK(file_holds("kept", "kept"));
  CHECK_ERRNO(__wasi_path_unlink_file(CLOSED, "x"), __WASI_ERRNO_BADF);
}

static void removing_links(void) {
  CHECK_ERRNO(make_folder("target"), OK);
  CHECK_ERRNO(__wasi_path_symlink("target", ROOT, "link"), OK);
  CHECK_ERRNO(remove_folder("link"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(remove_file("link"), OK);
  CHECK(type_of("target") == __WASI_FILETYPE_DIRECTORY && type_of("link") == -1);
}

static void slashes(void) {
  CHECK_ERRNO(make_folder("slashed"), OK);
  CHECK_ERRNO(__wasi_path_symlink("slashed", ROOT, "to-slashed"), OK);
  CHECK_ERRNO(remove_folder("to-slashed/"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(remove_folder("slashed/"), OK);
  CHECK(type_of("slashed") == -1);
}

// A removed file lives on while it is open; a removed folder is empty and takes nothing new.
static void while_open(void) {
  const __wasi_fd_t file = make_open("open", "text");
  CHECK_ERRNO(remove_file("open"), OK);
  CHECK(holds(file, "text") && stat_of(file).nlink == 0);
  CHECK_ERRNO(__wasi_fd_close(file), OK);

  __wasi_fd_t folder, fd;
  CHECK_ERRNO(make_folder("open-folder"), OK);
  CHECK_ERRNO(__wasi_path_open(ROOT, 0, "open-folder", __WASI_OFLAGS_DIRECTORY,
                               __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_CREATE_FILE |
                                   __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_CREATE_DIRECTORY,
                               READ, 0, &folder),
              OK);
  CHECK_ERRNO(remove_folder("open-folder"), OK);
  CHECK_ERRNO(__wasi_path_open(folder, 0, "new", __WASI_OFLAGS_CREAT, READ, 0, 0, &fd),
              __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_create_directory(folder, "new"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_fd_close(folder), OK);
}

int main(void) {
  CASE(making_folders);
  CASE(removing_folders);
  CASE(removing_this_folder);
  CASE(removing_files);
  CASE(removing_links);
  CASE(slashes);
  CASE(while_open);
  return finish();
}
