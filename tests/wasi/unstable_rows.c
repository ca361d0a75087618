// Every function of wasi_unstable once, on the same files: what is not told apart from preview1
// must do the same there. (What differs - seeking, filestat, subscriptions - is in unstable.c.)
// @args one
// @env A=b
// @dir
// @peer-skips signals wasmtime raises none
// @peer-skips unknown_whence wasmtime ends the program
// @peer-skips sockets wasmtime ends the program
#include "calls.h"

#define OLD(name, ...)                                                                    \
  __attribute__((import_module("wasi_unstable"), import_name(#name))) int32_t old_##name( \
      __VA_ARGS__)
#define PATH(text) (text), strlen(text)

typedef uint32_t fd_t;
typedef uint32_t* out;
OLD(args_get, uint8_t**, uint8_t*);
OLD(args_sizes_get, out, out);
OLD(environ_get, uint8_t**, uint8_t*);
OLD(environ_sizes_get, out, out);
OLD(clock_res_get, uint32_t, uint64_t*);
OLD(clock_time_get, uint32_t, uint64_t, uint64_t*);
OLD(fd_advise, fd_t, uint64_t, uint64_t, uint32_t);
OLD(fd_allocate, fd_t, uint64_t, uint64_t);
OLD(fd_close, fd_t);
OLD(fd_datasync, fd_t);
OLD(fd_fdstat_get, fd_t, __wasi_fdstat_t*);
OLD(fd_fdstat_set_flags, fd_t, uint32_t);
OLD(fd_fdstat_set_rights, fd_t, uint64_t, uint64_t);
OLD(fd_filestat_get, fd_t, uint8_t*);
OLD(fd_filestat_set_size, fd_t, uint64_t);
OLD(fd_filestat_set_times, fd_t, uint64_t, uint64_t, uint32_t);
OLD(fd_pread, fd_t, const __wasi_iovec_t*, uint32_t, uint64_t, out);
OLD(fd_prestat_get, fd_t, __wasi_prestat_t*);
OLD(fd_prestat_dir_name, fd_t, uint8_t*, uint32_t);
OLD(fd_pwrite, fd_t, const __wasi_ciovec_t*, uint32_t, uint64_t, out);
OLD(fd_read, fd_t, const __wasi_iovec_t*, uint32_t, out);
OLD(fd_readdir, fd_t, uint8_t*, uint32_t, uint64_t, out);
OLD(fd_renumber, fd_t, fd_t);
OLD(fd_seek, fd_t, int64_t, uint32_t, uint64_t*);
OLD(fd_sync, fd_t);
OLD(fd_tell, fd_t, uint64_t*);
OLD(fd_write, fd_t, const __wasi_ciovec_t*, uint32_t, out);
OLD(path_create_directory, fd_t, const char*, uint32_t);
OLD(path_filestat_get, fd_t, uint32_t, const char*, uint32_t, uint8_t*);
OLD(path_filestat_set_times, fd_t, uint32_t, const char*, uint32_t, uint64_t, uint64_t, uint32_t);
OLD(path_link, fd_t, uint32_t, const char*, uint32_t, fd_t, const char*, uint32_t);
OLD(path_open, fd_t, uint32_t, const char*, uint32_t, uint32_t, uint64_t, uint64_t, uint32_t, out);
OLD(path_readlink, fd_t, const char*, uint32_t, uint8_t*, uint32_t, out);
OLD(path_remove_directory, fd_t, const char*, uint32_t);
OLD(path_rename, fd_t, const char*, uint32_t, fd_t, const char*, uint32_t);
OLD(path_symlink, const char*, uint32_t, fd_t, const char*, uint32_t);
OLD(path_unlink_file, fd_t, const char*, uint32_t);
OLD(poll_oneoff, const uint64_t*, __wasi_event_t*, uint32_t, out);
OLD(random_get, uint8_t*, uint32_t);
OLD(sched_yield, void);
OLD(sock_recv, fd_t, const __wasi_iovec_t*, uint32_t, uint32_t, out, uint16_t*);
OLD(sock_send, fd_t, const __wasi_ciovec_t*, uint32_t, uint32_t, out);
OLD(sock_shutdown, fd_t, uint32_t);
OLD(proc_raise, uint32_t);
__attribute__((import_module("wasi_unstable"), import_name("proc_exit"), noreturn)) void
old_proc_exit(uint32_t);

static fd_t opened(const char* path, uint32_t oflags) {
  fd_t fd = CLOSED;
  CHECK_ERRNO(old_path_open(ROOT, 0, PATH(path), oflags, FILE_RIGHTS, 0, 0, &fd), OK);
  return fd;
}

static void given_things(void) {
  uint32_t count, bytes;
  uint8_t *pointers[2], text[256];
  CHECK_ERRNO(old_args_sizes_get(&count, &bytes), OK);
  CHECK(count == 2 && bytes < sizeof(text));
  CHECK_ERRNO(old_args_get(pointers, text), OK);
  CHECK(strcmp((char*)pointers[1], "one") == 0);
  CHECK_ERRNO(old_environ_sizes_get(&count, &bytes), OK);
  if (count == 1) {  // a peer is given more
    CHECK_ERRNO(old_environ_get(pointers, text), OK);
    CHECK(strcmp((char*)pointers[0], "A=b") == 0);
  }
  uint64_t time = 0, resolution = 0;
  CHECK_ERRNO(old_clock_res_get(1, &resolution), OK);
  CHECK_ERRNO(old_clock_time_get(0, 1, &time), OK);
  CHECK(time > 0 && resolution > 0);
  CHECK_ERRNO(old_random_get(text, 16), OK);
  CHECK_ERRNO(old_sched_yield(), OK);
}

static void open_files(void) {
  uint32_t count;
  uint64_t position;
  uint8_t text[8], stat[56];
  __wasi_fdstat_t fdstat;
  const __wasi_ciovec_t data = {(const uint8_t*)"abc", 3};
  const __wasi_iovec_t room = {text, 8};
  fd_t fd = opened("file", __WASI_OFLAGS_CREAT), other = opened("other", __WASI_OFLAGS_CREAT);
  CHECK_ERRNO(old_fd_write(fd, &data, 1, &count), OK);
  CHECK_ERRNO(old_fd_pwrite(fd, &data, 1, 3, &count), OK);
  CHECK_ERRNO(old_fd_tell(fd, &position), OK);
  CHECK(position == 3);
  CHECK_ERRNO(old_fd_read(fd, &room, 1, &count), OK);
  CHECK(count == 3);
  CHECK_ERRNO(old_fd_pread(fd, &room, 1, 1, &count), OK);
  CHECK(count == 5 && memcmp(text, "bcabc", 5) == 0);
  CHECK_ERRNO(old_fd_seek(fd, -1, 1, &position), OK);  // from the end, there
  CHECK(position == 5);
  CHECK_ERRNO(old_fd_advise(fd, 0, 1, 0), OK);
  const int allocated = old_fd_allocate(fd, 0, 1);
  CHECK(allocated == OK || allocated == __WASI_ERRNO_NOTSUP);
  CHECK_ERRNO(old_fd_sync(fd), OK);
  CHECK_ERRNO(old_fd_datasync(fd), OK);
  CHECK_ERRNO(old_fd_filestat_set_size(fd, 4), OK);
  CHECK_ERRNO(old_fd_filestat_set_times(fd, 1000000000, 2000000000, 5), OK);
  CHECK_ERRNO(old_fd_filestat_get(fd, stat), OK);
  uint64_t times[3];
  memcpy(times, stat + 24, sizeof(times));
  CHECK(times[0] == 4 && times[1] == 1000000000 && times[2] == 2000000000);
  CHECK_ERRNO(old_fd_fdstat_get(fd, &fdstat), OK);
  CHECK(fdstat.fs_filetype == __WASI_FILETYPE_REGULAR_FILE);
  CHECK_ERRNO(old_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND), OK);
  const int rights = old_fd_fdstat_set_rights(fd, READ, 0);
  CHECK(rights == OK || rights == __WASI_ERRNO_NOTSUP);
  CHECK_ERRNO(old_fd_renumber(fd, other), OK);
  CHECK_ERRNO(old_fd_close(other), OK);
  CHECK_ERRNO(old_fd_close(fd), __WASI_ERRNO_BADF);
}

static void paths(void) {
  uint32_t used;
  uint8_t text[256], stat[56];
  CHECK_ERRNO(old_fd_close(opened("name", __WASI_OFLAGS_CREAT)), OK);
  CHECK_ERRNO(old_path_create_directory(ROOT, PATH("dir")), OK);
  CHECK_ERRNO(old_path_link(ROOT, 0, PATH("name"), ROOT, PATH("dir/hard")), OK);
  CHECK_ERRNO(old_path_rename(ROOT, PATH("dir/hard"), ROOT, PATH("dir/moved")), OK);
  CHECK_ERRNO(old_path_symlink(PATH("name"), ROOT, PATH("link")), OK);
  CHECK_ERRNO(old_path_readlink(ROOT, PATH("link"), text, sizeof(text), &used), OK);
  CHECK(used == 4 && memcmp(text, "name", 4) == 0);
  CHECK_ERRNO(old_path_filestat_set_times(ROOT, 1, PATH("link"), 7000000000, 8000000000, 5), OK);
  CHECK_ERRNO(old_path_filestat_get(ROOT, 1, PATH("link"), stat), OK);
  uint32_t links;
  uint64_t times[3];
  memcpy(&links, stat + 20, sizeof(links));
  memcpy(times, stat + 24, sizeof(times));
  CHECK(links == 2 && times[1] == 7000000000 && times[2] == 8000000000);
  const fd_t dir = open_dir("dir");
  CHECK_ERRNO(old_fd_readdir(dir, text, sizeof(text), 0, &used), OK);
  CHECK(used == 3 * sizeof(__wasi_dirent_t) + strlen("."
                                                     ".."
                                                     "moved"));
  CHECK_ERRNO(old_fd_close(dir), OK);
  CHECK_ERRNO(old_path_remove_directory(ROOT, PATH("dir")), __WASI_ERRNO_NOTEMPTY);
  CHECK_ERRNO(old_path_unlink_file(ROOT, PATH("dir/moved")), OK);
  CHECK_ERRNO(old_path_remove_directory(ROOT, PATH("dir")), OK);
  __wasi_prestat_t prestat;
  CHECK_ERRNO(old_fd_prestat_get(ROOT, &prestat), OK);
  CHECK_ERRNO(old_fd_prestat_dir_name(ROOT, text, sizeof(text)), OK);
  CHECK(prestat.u.dir.pr_name_len == 1 && text[0] == '/');
}

// 56 bytes: user data, kind, identifier, clock, time, precision, flags.
static void waiting(void) {
  const uint64_t subscription[7] = {7, __WASI_EVENTTYPE_CLOCK, 0, 1, 1000, 0, 0};
  __wasi_event_t event;
  uint32_t count;
  CHECK_ERRNO(old_poll_oneoff(subscription, &event, 1, &count), OK);
  CHECK(count == 1 && event.userdata == 7 && event.error == OK);
  const uint64_t writing[7] = {8, __WASI_EVENTTYPE_FD_WRITE, 1, 0, 0, 0, 0};
  CHECK_ERRNO(old_poll_oneoff(writing, &event, 1, &count), OK);
  CHECK(count == 1 && event.userdata == 8 && event.type == __WASI_EVENTTYPE_FD_WRITE);
}

static void sockets(void) {
  uint32_t count;
  uint16_t flags;
  uint8_t byte = 0;
  const __wasi_iovec_t room = {&byte, 1};
  const __wasi_ciovec_t data = {&byte, 1};
  CHECK_ERRNO(old_sock_recv(ROOT, &room, 1, 0, &count, &flags), __WASI_ERRNO_NOTSOCK);
  CHECK_ERRNO(old_sock_send(ROOT, &data, 1, 0, &count), __WASI_ERRNO_NOTSOCK);
  CHECK_ERRNO(old_sock_shutdown(ROOT, 1), __WASI_ERRNO_NOTSOCK);
}

static void signals(void) { CHECK_ERRNO(old_proc_raise(0), OK); }

static void unknown_whence(void) {
  uint64_t position;
  const fd_t fd = opened("whence", __WASI_OFLAGS_CREAT);
  CHECK_ERRNO(old_fd_seek(fd, 0, 3, &position), __WASI_ERRNO_INVAL);
  CHECK_ERRNO(old_fd_close(fd), OK);
}

int main(void) {
  CASE(given_things);
  CASE(open_files);
  CASE(paths);
  CASE(waiting);
  CASE(sockets);
  CASE(signals);
  CASE(unknown_whence);
  fflush(stderr);
  old_proc_exit((uint32_t)finish());
}
