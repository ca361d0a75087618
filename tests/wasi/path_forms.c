// What paths may look like: `.` and `..`, slashes, no characters at all, zeros, long names; the
// same for each function that takes one. (What leads out of the folder: escape.c.)
// @dir
// @peer-skips slash_after_a_file wasmtime lets `file/.` and `file/..` pass
#include "calls.h"

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

// With the length as it is, where the C library would count up to a zero.
IMPORT(path_open)
int raw_path_open(int fd, int lookup, const char* path, size_t length, int oflags, uint64_t base,
                  uint64_t inheriting, int flags, __wasi_fd_t* out);
IMPORT(path_filestat_get)
int raw_path_filestat_get(int fd, int lookup, const char* path, size_t length,
                          __wasi_filestat_t* stat);
IMPORT(path_create_directory)
int raw_path_create_directory(int fd, const char* path, size_t length);
IMPORT(path_unlink_file) int raw_path_unlink_file(int fd, const char* path, size_t length);

static void dots_and_slashes(void) {
  static const char* const kSame[] = {"dir/nested/file",
                                      "dir//nested///file",
                                      "./dir/./nested/./file",
                                      "dir/nested/../nested/file",
                                      "dir/../dir/nested/file",
                                      "dir/nested/.././nested/file",
                                      "dir/nested/../../dir/nested/file"};
  make_dir("dir");
  make_dir("dir/nested");
  make("dir/nested/file", "text");
  for (size_t i = 0; i < sizeof(kSame) / sizeof(*kSame); ++i)
    if (!file_holds(kSame[i], "text")) {
      fprintf(stderr, "%s is not the file\n", kSame[i]);
      ++failures;
    }
  static const char* const kDirectories[] = {
      "dir/nested/", "dir/nested/.", "dir/nested/./", "dir/nested/..", "dir/nested//",
      ".",           "./",           "dir/..",        "dir/../"};
  for (size_t i = 0; i < sizeof(kDirectories) / sizeof(*kDirectories); ++i)
    if (type_of(kDirectories[i]) != __WASI_FILETYPE_DIRECTORY) {
      fprintf(stderr, "%s is no directory\n", kDirectories[i]);
      ++failures;
    }
}

static void slash_after_a_file(void) {
  static const char* const kNotDirectories[] = {"plain/", "plain/.", "plain/..", "plain/../plain"};
  make("plain", "text");
  for (size_t i = 0; i < sizeof(kNotDirectories) / sizeof(*kNotDirectories); ++i) {
    __wasi_filestat_t stat;
    CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, kNotDirectories[i], &stat), __WASI_ERRNO_NOTDIR);
    CHECK_ERRNO(try_open(kNotDirectories[i], 0, 0, READ), __WASI_ERRNO_NOTDIR);
  }
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "plain/"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_path_rename(ROOT, "plain/", ROOT, "other"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_path_rename(ROOT, "plain", ROOT, "other/"), __WASI_ERRNO_NOTDIR);
  CHECK(file_holds("plain", "text") && type_of("other") == -1);
}

static void empty_paths(void) {
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  uint8_t buffer[8];
  __wasi_size_t used;
  CHECK_ERRNO(__wasi_path_open(ROOT, 0, "", 0, READ, 0, 0, &fd), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "", &stat), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_filestat_set_times(ROOT, 0, "", 1, 1, __WASI_FSTFLAGS_MTIM),
              __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, ""), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_remove_directory(ROOT, ""), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, ""), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "", buffer, 8, &used), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_rename(ROOT, "", ROOT, "x"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_rename(ROOT, "dir", ROOT, ""), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_link(ROOT, 0, "", ROOT, "x"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_link(ROOT, 0, "dir/nested/file", ROOT, ""), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, ""), __WASI_ERRNO_NOENT);
}

static void zeros_inside(void) {
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  make("zero", "");
  CHECK_ERRNO(raw_path_open(ROOT, 0, "zero\0", 5, 0, READ, 0, 0, &fd), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(raw_path_open(ROOT, 0, "new\0", 4, __WASI_OFLAGS_CREAT, READ, 0, 0, &fd),
              __WASI_ERRNO_INVAL);
  CHECK_ERRNO(raw_path_filestat_get(ROOT, 0, "zero\0x", 6, &stat), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(raw_path_create_directory(ROOT, "a\0b", 3), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(raw_path_unlink_file(ROOT, "zero\0", 5), __WASI_ERRNO_INVAL);
  CHECK(type_of("zero") == __WASI_FILETYPE_REGULAR_FILE && type_of("new") == -1);
  // Only as much as the length says is read.
  CHECK_ERRNO(raw_path_filestat_get(ROOT, 0, "zerozero", 4, &stat), OK);
}

static void long_names(void) {
  static char name[300];
  memset(name, 'n', sizeof(name) - 1);
  CHECK_ERRNO(try_open(name, 0, 0, READ), __WASI_ERRNO_NAMETOOLONG);
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, name), __WASI_ERRNO_NAMETOOLONG);
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, name), __WASI_ERRNO_NAMETOOLONG);
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, name), __WASI_ERRNO_NAMETOOLONG);
  name[255] = 0;
  CHECK_ERRNO(try_open(name, 0, __WASI_OFLAGS_CREAT, READ), OK);
  CHECK(type_of(name) == __WASI_FILETYPE_REGULAR_FILE);
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, name), OK);
}

static void names_are_bytes_of_utf8(void) {
  static const char* const kNames[] = {
      "\xc3\xa4", "\xe6\xbc\xa2\xe5\xad\x97", "\xf0\x9f\x8c\x8a", " ", "a b", "-", "..."};
  for (size_t i = 0; i < sizeof(kNames) / sizeof(*kNames); ++i) {
    make(kNames[i], kNames[i]);
    CHECK(file_holds(kNames[i], kNames[i]));
    CHECK_ERRNO(__wasi_path_unlink_file(ROOT, kNames[i]), OK);
  }
}

int main(void) {
  CASE(dots_and_slashes);
  CASE(slash_after_a_file);
  CASE(empty_paths);
  CASE(zeros_inside);
  CASE(long_names);
  CASE(names_are_bytes_of_utf8);
  return finish();
}
