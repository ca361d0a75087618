// Times of files, set by descriptor and by path: each flag alone, both, now, none, and flags that
// contradict each other. Nothing here depends on how fast the clock or the disk is.
// @dir
// @peer-skips unknown_flags wasmtime ends the program
// @peer-skips of_open_folders wasmtime answers badf
#include "calls.h"

enum {
  ATIM = __WASI_FSTFLAGS_ATIM,
  ATIM_NOW = __WASI_FSTFLAGS_ATIM_NOW,
  MTIM = __WASI_FSTFLAGS_MTIM,
  MTIM_NOW = __WASI_FSTFLAGS_MTIM_NOW
};

static const __wasi_timestamp_t kOld = 1000000000, kOlder = 500000000;  // seconds after 1970 began
static const __wasi_timestamp_t kRecent = 1600000000ull * 1000000000;

typedef __wasi_errno_t (*set_times)(__wasi_timestamp_t, __wasi_timestamp_t, __wasi_fstflags_t);
static __wasi_fd_t open_file;

static __wasi_errno_t by_fd(__wasi_timestamp_t atim, __wasi_timestamp_t mtim,
                            __wasi_fstflags_t flags) {
  return __wasi_fd_filestat_set_times(open_file, atim, mtim, flags);
}
static __wasi_errno_t by_path(__wasi_timestamp_t atim, __wasi_timestamp_t mtim,
                              __wasi_fstflags_t flags) {
  return __wasi_path_filestat_set_times(ROOT, 0, "timed", atim, mtim, flags);
}

static int times_are(__wasi_timestamp_t atim, __wasi_timestamp_t mtim) {
  __wasi_filestat_t stat;
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "timed", &stat), OK);
  const __wasi_filestat_t by_number = stat_of(open_file);
  CHECK(by_number.atim == stat.atim && by_number.mtim == stat.mtim);
  return stat.atim == atim && stat.mtim == mtim;
}

static void check_each_flag(set_times set) {
  __wasi_filestat_t stat;
  CHECK_ERRNO(set(kOld, kOlder, ATIM | MTIM), OK);
  CHECK(times_are(kOld, kOlder));
  CHECK_ERRNO(set(7, 7, 0), OK);  // nothing is asked for
  CHECK(times_are(kOld, kOlder));
  CHECK_ERRNO(set(3 * kOld, 7, ATIM), OK);
  CHECK(times_are(3 * kOld, kOlder));
  CHECK_ERRNO(set(7, 5 * kOld, MTIM), OK);
  CHECK(times_are(3 * kOld, 5 * kOld));
  CHECK_ERRNO(set(7, 7, ATIM_NOW), OK);
  stat = stat_of(open_file);
  CHECK(stat.atim > kRecent && stat.mtim == 5 * kOld);
  CHECK_ERRNO(set(kOld, 7, ATIM | MTIM_NOW), OK);
  stat = stat_of(open_file);
  CHECK(stat.atim == kOld && stat.mtim > kRecent);
  CHECK_ERRNO(set(0, 0, ATIM | MTIM), OK);
  CHECK(times_are(0, 0));
  CHECK_ERRNO(set(7, 7, ATIM_NOW | MTIM_NOW), OK);
  stat = stat_of(open_file);
  CHECK(stat.atim > kRecent && stat.mtim > kRecent);
}

static void check_contradictions(set_times set) {
  CHECK_ERRNO(set(kOld, kOlder, ATIM | MTIM), OK);
  CHECK_ERRNO(set(7, 7, ATIM | ATIM_NOW), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(set(7, 7, MTIM | MTIM_NOW), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(set(7, 7, ATIM | MTIM | MTIM_NOW), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(set(7, 7, ATIM | ATIM_NOW | MTIM), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(set(7, 7, ATIM | ATIM_NOW | MTIM | MTIM_NOW), __WASI_ERRNO_INVAL);
  CHECK(times_are(kOld, kOlder));
}

static void by_descriptor(void) { check_each_flag(by_fd); }
static void by_name(void) { check_each_flag(by_path); }
static void contradictions_by_descriptor(void) { check_contradictions(by_fd); }
static void contradictions_by_name(void) { check_contradictions(by_path); }

static void unknown_flags(void) {
  CHECK_ERRNO(by_fd(1, 1, 0x10), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(by_path(1, 1, 0x8000), __WASI_ERRNO_INVAL);
}

static void far_away(void) {
  // 2106, which 32 bits of seconds do not hold.
  const __wasi_timestamp_t future = 4300000000ull * 1000000000;
  CHECK_ERRNO(by_fd(future, future + 1000000000, ATIM | MTIM), OK);
  CHECK(times_are(future, future + 1000000000));
}

static void of_folders(void) {
  __wasi_filestat_t stat;
  make_dir("folder");
  CHECK_ERRNO(__wasi_path_filestat_set_times(ROOT, 0, "folder", kOld, kOlder, ATIM | MTIM), OK);
  CHECK_ERRNO(__wasi_path_filestat_get(ROOT, 0, "folder", &stat), OK);
  CHECK(stat.atim == kOld && stat.mtim == kOlder);
}

static void of_open_folders(void) {
  CHECK_ERRNO(__wasi_fd_filestat_set_times(ROOT, kOlder, kOld, ATIM | MTIM), OK);
  CHECK(stat_of(ROOT).atim == kOlder && stat_of(ROOT).mtim == kOld);
}

static void refused(void) {
  CHECK_ERRNO(__wasi_fd_filestat_set_times(CLOSED, 1, 1, ATIM), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_path_filestat_set_times(CLOSED, 0, "timed", 1, 1, ATIM), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_path_filestat_set_times(ROOT, 0, "none", 1, 1, ATIM), __WASI_ERRNO_NOENT);
  CHECK_ERRNO(__wasi_path_filestat_set_times(ROOT, 0, "timed/x", 1, 1, ATIM), __WASI_ERRNO_NOTDIR);
}

// Writing moves the time of the last change, reading does not.
static void by_writing(void) {
  uint8_t byte;
  const __wasi_iovec_t room = {&byte, 1};
  __wasi_size_t count;
  CHECK_ERRNO(by_fd(kOld, kOlder, ATIM | MTIM), OK);
  CHECK_ERRNO(__wasi_fd_read(open_file, &room, 1, &count), OK);
  CHECK(stat_of(open_file).mtim == kOlder);
  CHECK(put(open_file, "x") == 1);
  CHECK(stat_of(open_file).mtim > kRecent && stat_of(open_file).ctim > kRecent);
}

int main(void) {
  open_file = make_open("timed", "text");
  CASE(by_descriptor);
  CASE(by_name);
  CASE(contradictions_by_descriptor);
  CASE(contradictions_by_name);
  CASE(unknown_flags);
  CASE(far_away);
  CASE(of_folders);
  CASE(of_open_folders);
  CASE(refused);
  CASE(by_writing);
  return finish();
}
