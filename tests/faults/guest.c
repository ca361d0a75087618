// A program that uses all of WASI that leads to the system, looks at every answer, and does again
// what failed. Its output is for run.py: a line for each step, and one for each piece of the file
// `data` that it was told is written. What it reads must be what it wrote.
// Not here: what may fail and how (interposer.c). Invariant: byte N of `data` is byte_at(N).
//
//   ok STEP              failed STEP ERRNO         gave-up STEP ERRNO
//   written OFFSET LENGTH                          wrong WHAT
#include <stdint.h>
#include <string.h>
#include <wasi/api.h>

enum {
  root = 3,  // the folder it was given
  record_bytes = 96,
  records = 12,      // of each way to write
  most_short = 200,  // how often a write may be short before it is given up
};

static int has_holes;  // a record was given up: `data` is not to be compared
// Makes the module large enough to be mapped, not read, and to be kept in the code cache with an
// image of its data.
static const volatile uint8_t ballast[] = {
#define TEN(...)                                                                             \
  __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, \
      __VA_ARGS__, __VA_ARGS__, __VA_ARGS__
#define THOUSAND TEN(TEN(TEN(17)))
    TEN(TEN(THOUSAND)), TEN(TEN(THOUSAND)), TEN(TEN(THOUSAND))};
static char line[256];
static uint8_t data[4096];

static uint8_t byte_at(uint64_t offset) { return (uint8_t)(offset * 7 + offset / 251); }

// Text goes out to the last byte, or not at all after so many failures.
static void say(const char* text) {
  size_t left = strlen(text);
  for (int tries = 0; left != 0 && tries < most_short; ++tries) {
    __wasi_ciovec_t piece = {(const uint8_t*)text, left};
    __wasi_size_t count = 0;
    if (__wasi_fd_write(1, &piece, 1, &count) != 0) continue;
    text += count;
    left -= count;
  }
}

static char* put_number(char* at, uint64_t number) {
  char digits[24];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  while (count != 0) *at++ = digits[--count];
  return at;
}

static char* put_text(char* at, const char* text) {
  while (*text) *at++ = *text++;
  return at;
}

static void say_line(const char* word, const char* what, int64_t first, int64_t second) {
  char* at = put_text(line, word);
  if (what) at = put_text(put_text(at, " "), what);
  if (first >= 0) at = put_number(put_text(at, " "), (uint64_t)first);
  if (second >= 0) at = put_number(put_text(at, " "), (uint64_t)second);
  *put_text(at, "\n") = 0;
  say(line);
}

// A step, and once more if it fails.
static int is_done(const char* step, __wasi_errno_t first, __wasi_errno_t again) {
  if (first != 0) say_line("failed", step, first, -1);
  say_line(again == 0 ? "ok" : "gave-up", step, again == 0 ? -1 : again, -1);
  return again == 0;
}
#define STEP(step, call)                             \
  ({                                                 \
    const __wasi_errno_t first_ = (call);            \
    is_done(step, first_, first_ == 0 ? 0 : (call)); \
  })

static __wasi_fd_t open_file(const char* step, const char* path, __wasi_oflags_t oflags) {
  const __wasi_rights_t rights =
      __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK |
      __WASI_RIGHTS_FD_TELL | __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_DATASYNC |
      __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_ADVISE | __WASI_RIGHTS_FD_FILESTAT_GET |
      __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES |
      __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_POLL_FD_READWRITE;
  __wasi_fd_t fd = (__wasi_fd_t)-1;
  STEP(step, __wasi_path_open(root, 1, path, oflags, rights, 0, 0, &fd));
  return fd;
}

// The system is told by this name that the guest has begun, and to count what is open. It is not
// there, so nothing comes of it.
static void mark(void) {
  __wasi_fd_t fd;
  if (__wasi_path_open(root, 1, "marker", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd) == 0)
    say_line("wrong", "marker", -1, -1);
}

// One record at `offset`, in three pieces, of which one is empty; written on until it is whole.
static int write_record(__wasi_fd_t fd, uint64_t offset, int slices, int at_offset) {
  uint8_t record[record_bytes];
  for (int i = 0; i < record_bytes; ++i) record[i] = byte_at(offset + (uint64_t)i);
  size_t done = 0;
  for (int tries = 0, failures = 0; done < record_bytes && tries < most_short; ++tries) {
    const size_t left = record_bytes - done, front = slices == 1 ? left : left / 3;
    const __wasi_ciovec_t list[3] = {
        {record + done, front}, {record, 0}, {record + done + front, left - front}};
    __wasi_size_t count = 0;
    const __wasi_errno_t error =
        at_offset ? __wasi_fd_pwrite(fd, list, (size_t)slices, offset + done, &count)
                  : __wasi_fd_write(fd, list, (size_t)slices, &count);
    if (error != 0) {
      say_line(failures == 0 ? "failed" : "gave-up", "write", error, -1);
      if (failures++ != 0) return has_holes = 1, 0;
      continue;
    }
    if (count > left) say_line("wrong", "count of a write", count, -1);
    if (count != 0) say_line("written", NULL, (int64_t)(offset + done), count);
    done += count;
  }
  return done == record_bytes;
}

static void write_data(__wasi_fd_t fd) {
  uint64_t offset = 0;
  int is_behind = 0;  // the position is not where the next record goes
  for (int way = 0; way < 4; ++way) {
    for (int i = 0; i < records; ++i, offset += record_bytes) {
      const int at_offset = way >= 2;
      __wasi_filesize_t position;
      if (!at_offset && is_behind && __wasi_fd_seek(fd, (int64_t)offset, 0, &position) != 0) return;
      is_behind = !write_record(fd, offset, way % 2 == 0 ? 1 : 3, at_offset);
    }
  }
}

static void check(const uint8_t* bytes, size_t count, uint64_t offset) {
  for (size_t i = 0; i < count; ++i)
    if (bytes[i] != byte_at(offset + i)) {
      say_line("wrong", "byte", (int64_t)(offset + i), -1);
      return;
    }
}

// All of the file from its start, to its end.
static void read_data(__wasi_fd_t fd, int slices, int at_offset) {
  __wasi_filesize_t position;
  if (!STEP("seek", __wasi_fd_seek(fd, 0, 0, &position))) return;
  uint64_t offset = 0;
  int failures = 0;
  for (;;) {
    const __wasi_iovec_t list[2] = {{data, slices == 1 ? 700 : 100}, {data + 100, 600}};
    __wasi_size_t count = 0;
    const __wasi_errno_t error = at_offset
                                     ? __wasi_fd_pread(fd, list, (size_t)slices, offset, &count)
                                     : __wasi_fd_read(fd, list, (size_t)slices, &count);
    if (error != 0) {
      say_line(failures == 0 ? "failed" : "gave-up", "read", error, -1);
      if (failures++ != 0) return;
      continue;
    }
    if (count == 0) break;
    if (!has_holes) check(data, count, offset);
    offset += count;
  }
  say_line("read", NULL, (int64_t)offset, -1);
}

static void change_file(__wasi_fd_t fd) {
  __wasi_filestat_t stat;
  __wasi_filesize_t position;
  STEP("sync", __wasi_fd_sync(fd));
  STEP("datasync", __wasi_fd_datasync(fd));
  STEP("stat", __wasi_fd_filestat_get(fd, &stat));
  STEP("tell", __wasi_fd_tell(fd, &position));
  STEP("advise", __wasi_fd_advise(fd, 0, 100, 0));
  STEP("times", __wasi_fd_filestat_set_times(fd, 1000, 2000, 5));
  STEP("append", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  STEP("no-append", __wasi_fd_fdstat_set_flags(fd, 0));
  const __wasi_fd_t other = open_file("open-other", "other", __WASI_OFLAGS_CREAT);
  STEP("allocate", __wasi_fd_allocate(other, 0, 5000));
  STEP("size", __wasi_fd_filestat_set_size(other, 100));
  STEP("close", __wasi_fd_close(other));
}

static void change_names(void) {
  __wasi_filestat_t stat;
  __wasi_size_t used;
  STEP("mkdir", __wasi_path_create_directory(root, "dir"));
  STEP("mkdir-in", __wasi_path_create_directory(root, "dir/in"));
  STEP("rename", __wasi_path_rename(root, "other", root, "dir/other"));
  STEP("link", __wasi_path_link(root, 0, "dir/other", root, "linked"));
  STEP("symlink", __wasi_path_symlink("dir/other", root, "link"));
  STEP("readlink", __wasi_path_readlink(root, "link", data, sizeof(data), &used));
  STEP("stat-path", __wasi_path_filestat_get(root, 0, "linked", &stat));
  STEP("stat-link", __wasi_path_filestat_get(root, 1, "link", &stat));
  STEP("times-path", __wasi_path_filestat_set_times(root, 1, "link", 1000, 2000, 5));
  __wasi_fd_t dir;
  if (STEP("open-dir", __wasi_path_open(root, 1, "dir", __WASI_OFLAGS_DIRECTORY,
                                        __WASI_RIGHTS_FD_READDIR, 0, 0, &dir))) {
    STEP("readdir", __wasi_fd_readdir(dir, data, sizeof(data), 0, &used));
    STEP("readdir-small", __wasi_fd_readdir(dir, data, 30, 1, &used));
    STEP("close-dir", __wasi_fd_close(dir));
  }
  STEP("unlink", __wasi_path_unlink_file(root, "linked"));
  STEP("unlink-link", __wasi_path_unlink_file(root, "link"));
  STEP("unlink-other", __wasi_path_unlink_file(root, "dir/other"));
  STEP("rmdir-in", __wasi_path_remove_directory(root, "dir/in"));
  STEP("rmdir", __wasi_path_remove_directory(root, "dir"));
}

static void use_the_rest(void) {
  __wasi_timestamp_t time;
  for (uint32_t clock = 0; clock < 4; ++clock) {
    STEP("time", __wasi_clock_time_get(clock, 1, &time));
    STEP("resolution", __wasi_clock_res_get(clock, &time));
  }
  memset(data, 0, sizeof(data));
  if (STEP("random", __wasi_random_get(data, sizeof(data)))) {
    int zeros = 0;
    for (size_t i = 0; i < sizeof(data); ++i) zeros += data[i] == 0;
    if (zeros > 100) say_line("wrong", "random bytes", zeros, -1);
  }
  const __wasi_subscription_t subscriptions[2] = {
      {.userdata = 1, .u = {.tag = 0, .u.clock = {.id = 1, .timeout = 1000000}}},
      {.userdata = 2, .u = {.tag = 2, .u.fd_write = {.file_descriptor = 1}}}};
  __wasi_event_t events[2];
  __wasi_size_t count;
  STEP("poll", __wasi_poll_oneoff(subscriptions, events, 2, &count));
  STEP("sleep", __wasi_poll_oneoff(subscriptions, events, 1, &count));
  // Memory is a step too: -1 is its errno.
  const size_t page = __builtin_wasm_memory_size(0);
  if (__builtin_wasm_memory_grow(0, 16) == (size_t)-1) {
    say_line("failed", "grow", 48, -1);
    if (__builtin_wasm_memory_grow(0, 16) == (size_t)-1) {
      say_line("gave-up", "grow", 48, -1);
      return;
    }
  }
  memset((void*)(page * 65536), 1, 16 * 65536);
}

// All that stdin brings, which run.py made with the same bytes.
static void read_input(void) {
  uint64_t offset = 0;
  for (int failures = 0;;) {
    const __wasi_iovec_t list = {data, 1000};
    __wasi_size_t count = 0;
    const __wasi_errno_t error = __wasi_fd_read(0, &list, 1, &count);
    if (error != 0) {
      say_line(failures == 0 ? "failed" : "gave-up", "input", error, -1);
      if (failures++ != 0) return;
      continue;
    }
    if (count == 0) break;
    check(data, count, offset);
    offset += count;
  }
  say_line("input", NULL, (int64_t)offset, -1);
}

int main(void) {
  mark();
  say_line("begin", NULL, -1, -1);
  const __wasi_fd_t file = open_file("open", "data", __WASI_OFLAGS_CREAT);
  write_data(file);
  for (int way = 0; way < 4; ++way) read_data(file, 1 + way % 2, way / 2);
  change_file(file);
  change_names();
  use_the_rest();
  read_input();
  STEP("close", __wasi_fd_close(file));
  for (size_t i = 0; i < sizeof(ballast); ++i)
    if (ballast[i] != 17) say_line("wrong", "data", (int64_t)i, -1);
  mark();
  say_line("end", NULL, -1, -1);
  return 0;
}
