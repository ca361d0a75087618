// Symbolic links and each function that meets one: what follows the last link and what means the
// link itself, links to nothing, to themselves and to folders; how much of a text readlink gives.
// (links.c has the same through the C library.)
// @dir
// @peer-skips slash_means_the_folder wasmtime takes `link/.` for the link
#include "calls.h"

enum { LINK = __WASI_FILETYPE_SYMBOLIC_LINK, PLAIN = __WASI_FILETYPE_REGULAR_FILE };

static void link_to(const char* target, const char* path) {
  CHECK_ERRNO(__wasi_path_symlink(target, ROOT, path), OK);
}

static void making(void) {
  make("taken", "");
  make_dir("making");
  link_to("taken", "first");
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, "taken"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, "first"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, "making"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, "none/link"), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, "taken/link"), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_path_symlink("x", CLOSED, "link"), __WASI_ERRNO_BADF);
}

static void empty_target(void) {
  CHECK_ERRNO(__wasi_path_symlink("", ROOT, "empty"), __WASI_ERRNO_NOENT);
}

static void absolute_target(void) {
  CHECK_ERRNO(__wasi_path_symlink("/etc/passwd", ROOT, "absolute"), __WASI_ERRNO_PERM);
  CHECK(type_of("absolute") == -1);
}

// A link that leads out is a text like any other, until somebody goes there.
static void leading_out(void) {
  uint8_t buffer[16];
  __wasi_size_t used;
  __wasi_filestat_t stat;
  make_dir("depth");
  link_to("../outside", "leads-out");
  link_to("../../outside", "depth/leads-out");
  link_to("../taken", "depth/leads-up");
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "leads-out", buffer, sizeof(buffer), &used), OK);
  CHECK(used == strlen("../outside"));
  static const char* const kOut[] = {"leads-out", "depth/leads-out", "leads-out/x"};
  for (size_t i = 0; i < 3; ++i) {
    CHECK_ERRNO(try_open(kOut[i], FOLLOW, 0, READ), __WASI_ERRNO_PERM);
    CHECK_ERRNO(try_open(kOut[i], FOLLOW, __WASI_OFLAGS_CREAT, READ), __WASI_ERRNO_PERM);
    CHECK_ERRNO(__wasi_path_filestat_get(ROOT, FOLLOW, kOut[i], &stat), __WASI_ERRNO_PERM);
  }
  CHECK_ERRNO(try_open("depth/leads-up", FOLLOW, 0, READ), OK);
  // The folder in between is a root of its own, and the same link leads out of it.
  __wasi_fd_t depth, fd;
  CHECK_ERRNO(__wasi_path_open(ROOT, 0, "depth", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_PATH_OPEN,
                               READ, 0, &depth),
              OK);
  CHECK_ERRNO(__wasi_path_open(depth, FOLLOW, "leads-up", 0, READ, 0, 0, &fd), __WASI_ERRNO_PERM);
  CHECK_ERRNO(__wasi_fd_close(depth), OK);
}

static void slash_after_a_new_link(void) {
  CHECK_ERRNO(__wasi_path_symlink("x", ROOT, "slash/"), __WASI_ERRNO_NOENT);
  CHECK(__wasi_path_symlink("x", ROOT, "making/") == __WASI_ERRNO_EXIST);
  const __wasi_errno_t error = __wasi_path_symlink("x", ROOT, "taken/");
  CHECK(error == __WASI_ERRNO_EXIST || error == __WASI_ERRNO_NOTDIR);
  CHECK(type_of("slash") == -1);
}

static void followed_or_not(void) {
  __wasi_filestat_t link, target;
  make("target", "text");
  link_to("target", "to-target");
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "to-target", &link), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, FOLLOW, "to-target", &target), OK);
  CHECK(link.filetype == LINK && link.size == strlen("target"));
  CHECK(target.filetype == PLAIN && target.size == strlen("text"));
  CHECK(link.ino != target.ino);
  CHECK_ERRNO(try_open("to-target", FOLLOW, 0, READ), OK);
  CHECK_ERRNO(try_open("to-target", 0, 0, READ), __WASI_ERRNO_LOOP);
  CHECK_ERRNO(try_open("to-target", 0, __WASI_OFLAGS_CREAT, READ), __WASI_ERRNO_LOOP);
  CHECK_ERRNO(try_open("to-target", FOLLOW, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, READ),
              __WASI_ERRNO_EXIST);
  CHECK(file_holds("target", "text"));
}

static void truncated_through(void) {
  make("full", "text");
  link_to("full", "to-full");
  CHECK_ERRNO(try_open("to-full", 0, __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_WRITE),
              __WASI_ERRNO_LOOP);
  CHECK(file_holds("full", "text"));
  CHECK_ERRNO(try_open("to-full", FOLLOW, __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_WRITE), OK);
  CHECK(file_holds("full", "") && type_of("to-full") == LINK);
}

static void to_folders(void) {
  make_dir("folder");
  make("folder/inner", "inner");
  link_to("folder", "to-folder");
  CHECK(file_holds("to-folder/inner", "inner"));
  CHECK_ERRNO(try_open("to-folder", FOLLOW, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR), OK);
  const __wasi_errno_t kept =
      try_open("to-folder", 0, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR);
  CHECK(kept == __WASI_ERRNO_LOOP || kept == __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, "to-folder"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, "to-folder/made"), OK);
  CHECK(type_of("folder/made") == __WASI_FILETYPE_DIRECTORY);
  // `..` after a link goes up from where the link leads.
  make_dir("deep");
  make_dir("deep/down");
  make("deep/beside", "beside");
  link_to("deep/down", "to-down");
  CHECK(file_holds("to-down/../beside", "beside"));
}

static void slash_means_the_folder(void) {
  make_dir("slashed");
  link_to("slashed", "to-slashed");
  CHECK(type_of("to-slashed") == LINK);
  CHECK(type_of("to-slashed/") == __WASI_FILETYPE_DIRECTORY);
  CHECK(type_of("to-slashed/.") == __WASI_FILETYPE_DIRECTORY);
}

static void dangling(void) {
  __wasi_filestat_t stat;
  link_to("nothing", "dangling");
  CHECK(type_of("dangling") == LINK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, FOLLOW, "dangling", &stat), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("dangling", FOLLOW, 0, READ), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("dangling", 0, 0, READ), __WASI_ERRNO_LOOP);
  CHECK_ERRNO(try_open("dangling", 0, __WASI_OFLAGS_CREAT, READ), __WASI_ERRNO_LOOP);
  CHECK_ERRNO(try_open("dangling", FOLLOW, __WASI_OFLAGS_DIRECTORY, READ), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(try_open("dangling", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, READ),
              __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_create_directory(ROOT, "dangling"), __WASI_ERRNO_EXIST);
  CHECK_ERRNO(__wasi_path_filestat_set_times(ROOT, FOLLOW, "dangling", 1, 1, __WASI_FSTFLAGS_MTIM),
              __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_remove_directory(ROOT, "dangling"), __WASI_ERRNO_NOTDIR);
  CHECK(type_of("nothing") == -1);
  // Creating through it makes what it names.
  CHECK_ERRNO(try_open("dangling", FOLLOW, __WASI_OFLAGS_CREAT, READ), OK);
  CHECK(type_of("nothing") == PLAIN && type_of("dangling") == LINK);
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "dangling"), OK);
  CHECK(type_of("nothing") == PLAIN && type_of("dangling") == -1);
}

static void loops(void) {
  __wasi_filestat_t stat;
  link_to("loop", "loop");
  link_to("pong", "ping");
  link_to("ping", "pong");
  static const char* const kLoops[] = {"loop", "ping", "loop/x", "ping/x", "pong/"};
  for (size_t i = 0; i < sizeof(kLoops) / sizeof(*kLoops); ++i) {
    CHECK_ERRNO(try_open(kLoops[i], FOLLOW, 0, READ), __WASI_ERRNO_LOOP);
    CHECK_ERRNO(__wasi_path_filestat_get(ROOT, FOLLOW, kLoops[i], &stat), __WASI_ERRNO_LOOP);
  }
  CHECK(type_of("loop") == LINK);
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "loop/x"), __WASI_ERRNO_LOOP);
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "loop"), OK);
}

static void reading_texts(void) {
  uint8_t buffer[16];
  __wasi_size_t used;
  link_to("0123456789", "digits");
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "digits", buffer, sizeof(buffer), &used), OK);
  CHECK(used == 10 && memcmp(buffer, "0123456789", 10) == 0);
  // Cut where the buffer ends, with nothing written behind.
  memset(buffer, 'x', sizeof(buffer));
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "digits", buffer, 4, &used), OK);
  CHECK(used == 4 && memcmp(buffer, "0123xxxx", 8) == 0);
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "digits", buffer, 10, &used), OK);
  CHECK(used == 10 && buffer[10] == 'x');
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "digits", buffer, 0, &used), OK);
  CHECK(used == 0);
}

static void reading_what_is_no_link(void) {
  uint8_t buffer[16];
  __wasi_size_t used;
  make("no-link", "");
  make_dir("no-link-either");
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "no-link", buffer, 16, &used), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "no-link-either", buffer, 16, &used), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "none", buffer, 16, &used), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_readlink(ROOT, "no-link/x", buffer, 16, &used), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_path_readlink(CLOSED, "x", buffer, 16, &used), __WASI_ERRNO_BADF);
}

static void times_of_links(void) {
  __wasi_filestat_t link, target;
  make("timed", "");
  link_to("timed", "to-timed");
  CHECK_ERRNO(__wasi_path_filestat_set_times(ROOT, 0, "to-timed", 5000000000, 6000000000,
                                             __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM),
              OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "to-timed", &link), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, FOLLOW, "to-timed", &target), OK);
  CHECK(link.mtim == 6000000000 && target.mtim > 6000000000);
  CHECK_ERRNO(
      __wasi_path_filestat_set_times(ROOT, FOLLOW, "to-timed", 0, 7000000000, __WASI_FSTFLAGS_MTIM),
      OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "to-timed", &link), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "timed", &target), OK);
  CHECK(link.mtim == 6000000000 && target.mtim == 7000000000);
}

int main(void) {
  CASE(making);
  CASE(empty_target);
  CASE(absolute_target);
  CASE(leading_out);
  CASE(slash_after_a_new_link);
  CASE(followed_or_not);
  CASE(truncated_through);
  CASE(to_folders);
  CASE(slash_means_the_folder);
  CASE(dangling);
  CASE(loops);
  CASE(reading_texts);
  CASE(reading_what_is_no_link);
  CASE(times_of_links);
  return finish();
}
