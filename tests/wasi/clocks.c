// Clocks, sleeping, and times of files.
// @dir
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static int64_t now_ns(clockid_t clock) {
  struct timespec time;
  CHECK(clock_gettime(clock, &time) == 0);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(void) {
  struct timespec resolution;
  CHECK(clock_getres(CLOCK_REALTIME, &resolution) == 0);
  CHECK(resolution.tv_sec == 0 && resolution.tv_nsec > 0);
  CHECK(clock_getres(CLOCK_MONOTONIC, &resolution) == 0);
  CHECK(now_ns(CLOCK_REALTIME) > 1700000000ll * 1000000000);

  int64_t start = now_ns(CLOCK_MONOTONIC);
  struct timespec pause = {0, 20000000};
  CHECK(nanosleep(&pause, NULL) == 0);
  CHECK(now_ns(CLOCK_MONOTONIC) - start >= 20000000);
  int64_t due = now_ns(CLOCK_MONOTONIC) + 5000000;
  struct timespec until = {due / 1000000000, due % 1000000000};
  CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
  CHECK(now_ns(CLOCK_MONOTONIC) >= due);
  CHECK(sched_yield() == 0);

  struct stat st;
  int fd = open("timed", O_CREAT | O_RDWR, 0644);
  struct timespec times[2] = {{1000, 300}, {2000, 0}};
  CHECK(futimens(fd, times) == 0);
  CHECK(fstat(fd, &st) == 0);
  CHECK(st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 300 && st.st_mtim.tv_sec == 2000);
  // Debian's C library refuses UTIME_NOW by itself.
  CHECK_ERRNO(__wasi_path_filestat_set_times(3, 0, "timed", 0, 0, __WASI_FSTFLAGS_MTIM_NOW), OK);
  CHECK(stat("timed", &st) == 0);
  CHECK(st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec > 1700000000);
  CHECK_ERRNO(
      __wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW),
      __WASI_ERRNO_INVAL);
  CHECK_ERRNO(__wasi_path_filestat_set_times(3, 0, "timed", 0, 0,
                                             __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW),
              __WASI_ERRNO_INVAL);
  close(fd);
  return finish();
}
