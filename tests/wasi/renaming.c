// path_rename: files and folders over nothing, over each other, over themselves and into
// themselves; links are moved, not followed.
// @dir
#include "calls.h"

enum { DIR_TYPE = __WASI_FILETYPE_DIRECTORY, PLAIN = __WASI_FILETYPE_REGULAR_FILE };

static __wasi_errno_t move(const char* from, const char* to) {
  return __wasi_path_rename(ROOT, from, ROOT, to);
}

static void files(void) {
  make("a", "a");
  CHECK_ERRNO(move("a", "b"), OK);
  CHECK(type_of("a") == -1 && file_holds("b", "a"));
  make("c", "c");
  CHECK_ERRNO(move("b", "c"), OK);
  CHECK(type_of("b") == -1 && file_holds("c", "a"));
  CHECK_ERRNO(move("c", "c"), OK);
  CHECK(file_holds("c", "a"));
  CHECK_ERRNO(move("none", "d"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(move("c", "none/d"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(move("c/x", "d"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(move("c", "c/x"), __WASI_ERRNO_NOTDIR);
  CHECK(file_holds("c", "a") && type_of("d") == -1);
}

// Two names of one file: POSIX says that nothing happens.
static void onto_another_name_of_itself(void) {
  make("one", "text");
  CHECK_ERRNO(__wasi_path_link(ROOT, 0, "one", ROOT, "two"), OK);
  CHECK_ERRNO(move("one", "two"), OK);
  CHECK(file_holds("one", "text") && file_holds("two", "text"));
}

static void folders(void) {
  make_dir("from");
  make("from/inner", "inner");
  CHECK_ERRNO(move("from", "to"), OK);
  CHECK(type_of("from") == -1 && file_holds("to/inner", "inner"));
  make_dir("empty");
  CHECK_ERRNO(move("to", "empty"), OK);
  CHECK(type_of("to") == -1 && file_holds("empty/inner", "inner"));
  make_dir("other");
  CHECK_ERRNO(move("other", "empty"), __WASI_ERRNO_NOTEMPTY);
  CHECK_ERRNO(move("empty", "empty"), OK);
  CHECK(type_of("other") == DIR_TYPE && file_holds("empty/inner", "inner"));
}

static void files_over_folders_and_back(void) {
  make("file", "file");
  make_dir("folder");
  make_dir("full");
  make("full/inner", "inner");
  CHECK_ERRNO(move("file", "folder"), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(move("file", "full"), __WASI_ERRNO_ISDIR);
  CHECK_ERRNO(move("folder", "file"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(move("full", "file"), __WASI_ERRNO_NOTDIR);
  CHECK(file_holds("file", "file") && file_holds("full/inner", "inner"));
}

static void into_itself(void) {
  make_dir("parent");
  make_dir("parent/child");
  CHECK_ERRNO(move("parent", "parent/child/new"), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(move("parent", "parent/new"), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(move("parent", "parent/child"), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(move("parent/child", "parent"), __WASI_ERRNO_NOTEMPTY);
  CHECK(type_of("parent/child") == DIR_TYPE);
}

static void slashes(void) {
  make_dir("slash");
  make("slash-file", "text");
  CHECK_ERRNO(move("slash/", "moved"), OK);
  CHECK_ERRNO(move("moved", "again/"), OK);
  CHECK_ERRNO(move("again/", "last/"), OK);
  CHECK(type_of("last") == DIR_TYPE);
  CHECK_ERRNO(move("slash-file/", "x"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(move("slash-file", "x/"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(move("slash-file", "last/"), __WASI_ERRNO_NOTDIR);
  CHECK(file_holds("slash-file", "text") && type_of("x") == -1);
}

static void links(void) {
  make("target", "target");
  make_dir("target-folder");
  CHECK_ERRNO(__wasi_path_symlink("target", ROOT, "link"), OK);
  CHECK_ERRNO(__wasi_path_symlink("target-folder", ROOT, "link-folder"), OK);
  CHECK_ERRNO(__wasi_path_symlink("nowhere", ROOT, "dangling"), OK);
  CHECK_ERRNO(move("link", "moved-link"), OK);
  CHECK(type_of("moved-link") == __WASI_FILETYPE_SYMBOLIC_LINK && type_of("target") == PLAIN);
  make("over", "over");
  CHECK_ERRNO(move("over", "moved-link"), OK);  // the link goes, what it named stays
  CHECK(file_holds("moved-link", "over") && file_holds("target", "target"));
  CHECK_ERRNO(move("dangling", "dangling-moved"), OK);
  CHECK(type_of("dangling-moved") == __WASI_FILETYPE_SYMBOLIC_LINK);
  make_dir("some-folder");
  CHECK_ERRNO(move("some-folder", "link-folder"), __WASI_ERRNO_NOTDIR);
  make("through", "through");
  CHECK_ERRNO(move("through", "link-folder/name"), OK);
  CHECK(file_holds("target-folder/name", "through"));
}

static void between_descriptors(void) {
  const __wasi_rights_t rights =
      __WASI_RIGHTS_PATH_RENAME_SOURCE | __WASI_RIGHTS_PATH_RENAME_TARGET;
  __wasi_fd_t left, right;
  make_dir("left");
  make_dir("right");
  make("left/file", "text");
  CHECK_ERRNO(open_as("left", 0, __WASI_OFLAGS_DIRECTORY, rights, 0, &left), OK);
  CHECK_ERRNO(open_as("right", 0, __WASI_OFLAGS_DIRECTORY, rights, 0, &right), OK);
  CHECK_ERRNO(__wasi_path_rename(left, "file", right, "file"), OK);
  CHECK(type_of("left/file") == -1 && file_holds("right/file", "text"));
  CHECK_ERRNO(__wasi_path_rename(CLOSED, "file", right, "x"), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_path_rename(right, "file", CLOSED, "x"), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_close(left), OK);
  CHECK_ERRNO(__wasi_fd_close(right), OK);
}

// What is open stays what it is: moved, and replaced.
static void while_open(void) {
  const __wasi_fd_t moved = make_open("open-a", "a"), replaced = make_open("open-b", "b");
  CHECK_ERRNO(move("open-a", "open-b"), OK);
  CHECK(holds(moved, "a") && holds(replaced, "b"));
  CHECK(stat_of(replaced).nlink == 0 && stat_of(moved).nlink == 1);
  CHECK_ERRNO(__wasi_fd_close(moved), OK);
  CHECK_ERRNO(__wasi_fd_close(replaced), OK);
}

int main(void) {
  CASE(files);
  CASE(onto_another_name_of_itself);
  CASE(folders);
  CASE(files_over_folders_and_back);
  CASE(into_itself);
  CASE(slashes);
  CASE(links);
  CASE(between_descriptors);
  CASE(while_open);
  return finish();
}
