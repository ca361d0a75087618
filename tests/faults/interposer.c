// Stands between Skerry and the C library (LD_PRELOAD) and makes one call of the system fail: the
// N-th of its kind, or that and all later ones. Nothing is done by a call that fails; a short one
// does half of what it was asked for. Calls that the C library makes of itself are not seen.
// Not here: which calls to fail and what must come of it (run.py, by whom this is driven).
//
//   FAULT_KIND=write FAULT_AT=3      which call: the third write()
//   FAULT_ERRNO=5                    how it fails; 0: it is short
//   FAULT_STAYS=1                    and so do all of its kind after it
//   FAULT_WITHOUT_OPENAT2=1          as on an older kernel, whatever else fails
//   FAULT_REPORT=FILE                counts of all kinds and what became of the fault, see Report
//
// Invariant: the report is true whichever way the program ends; it is shared memory.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// What may fail. The first ones move data, and may be short.
// clang-format off
#define DATA_KINDS(X) \
  X(read) X(write) X(readv) X(writev) X(preadv) X(pwritev) X(preadv2) X(pwritev2) X(pwrite) \
  X(getrandom)
#define OTHER_KINDS(X) \
  X(open) X(openat) X(openat2) X(close) X(fstat) X(fstatat) X(stat) X(lseek) X(ftruncate) \
  X(fallocate) X(fsync) X(fdatasync) X(getdents64) X(unlink) X(unlinkat) X(rename) \
  X(renameat) X(link) X(linkat) X(symlinkat) X(readlink) X(readlinkat) X(mkdir) X(mkdirat) \
  X(utimensat) X(futimens) X(poll) X(ppoll) X(mmap) X(mprotect) X(memfd_create) \
  X(clock_gettime) X(clock_getres) X(posix_fadvise) X(fcntl) X(pipe2) X(ioctl) \
  X(sigaltstack) X(pthread_create)
// clang-format on

enum kind {
#define X(name) k_##name,
  DATA_KINDS(X) k_first_other,
  k_before_others = k_first_other - 1,
  OTHER_KINDS(X) k_count
#undef X
};

static const char* const kind_names[k_count] = {
#define X(name) [k_##name] = #name,
    DATA_KINDS(X) OTHER_KINDS(X)
#undef X
};

// Read by run.py as numbers of 32 bits.
struct report {
  _Atomic uint32_t faults;            // how many calls have failed
  _Atomic uint32_t was_running;       // the first of them came after the guest had begun
  _Atomic uint32_t is_running;        // the guest has begun: it has asked for the path "marker"
  _Atomic uint32_t open_descriptors;  // when it asked for "marker" the last time
  _Atomic uint32_t calls[k_count];
};

static struct report unreported;
static struct report* report = &unreported;
static int fault_kind = -1;
static int fault_errno;
static uint32_t fault_at;
static int fault_stays;
static int is_without_openat2;

static long number_from(const char* name) {
  const char* const text = getenv(name);
  return text ? atol(text) : 0;
}

typedef long (*syscall_function)(long, ...);

static void* real(int kind, const char* name) {
  static void* _Atomic found[k_count + 1];
  void* function = atomic_load(&found[kind]);
  if (!function) atomic_store(&found[kind], function = dlsym(RTLD_NEXT, name));
  return function;
}
#define REAL(name) ((__typeof__(&name))real(k_##name, #name))
// Calls of our own, which do not count.
#define RAW(...) ((syscall_function)real(k_count, "syscall"))(__VA_ARGS__)

static void open_report(void) {
  const char* const path = getenv("FAULT_REPORT");
  if (!path) return;
  const long fd = RAW(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || RAW(SYS_ftruncate, fd, sizeof(struct report)) != 0) abort();
  const long map =
      RAW(SYS_mmap, NULL, sizeof(struct report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (map == -1) abort();
  RAW(SYS_close, fd);
  report = (struct report*)map;
}

__attribute__((constructor)) static void start(void) {
  open_report();
  fault_errno = (int)number_from("FAULT_ERRNO");
  fault_at = (uint32_t)number_from("FAULT_AT");
  fault_stays = (int)number_from("FAULT_STAYS");
  is_without_openat2 = (int)number_from("FAULT_WITHOUT_OPENAT2");
  const char* const kind = getenv("FAULT_KIND");
  for (int i = 0; kind && i < k_count; ++i)
    if (kind_names[i] && strcmp(kind, kind_names[i]) == 0) fault_kind = i;
  // Only this program, not those that it starts.
  unsetenv("LD_PRELOAD");
}

// Counts a call; whether it is to go wrong.
static int is_hit(enum kind kind) {
  const uint32_t number = atomic_fetch_add(&report->calls[kind], 1) + 1;
  if ((int)kind != fault_kind || number < fault_at) return 0;
  if (number > fault_at && !fault_stays) return 0;
  if (atomic_fetch_add(&report->faults, 1) == 0)
    atomic_store(&report->was_running, atomic_load(&report->is_running));
  return 1;
}

// Whether it is to fail; errno is set then. One that is to be short does not.
static int is_failing(enum kind kind, int* is_short) {
  if (!is_hit(kind)) return 0;
  if (fault_errno == 0 && is_short) *is_short = 1;
  if (fault_errno == 0) return 0;
  errno = fault_errno;
  return 1;
}

static void notice_marker(const char* path) {
  if (strcmp(path, "marker") != 0) return;
  atomic_store(&report->is_running, 1);
  const long fd = RAW(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0) return;
  char entries[4096];
  uint32_t count = 0;
  for (long bytes; (bytes = RAW(SYS_getdents64, fd, entries, sizeof(entries))) > 0;)
    for (long at = 0; at < bytes; at += *(unsigned short*)(entries + at + 16)) ++count;
  RAW(SYS_close, fd);
  atomic_store(&report->open_descriptors, count);
}

// Half of it, but something.
static size_t half(size_t bytes) { return bytes > 1 ? bytes / 2 : bytes; }

// Half of a list, in `part`; the number of its slices.
enum { max_slices = 1024 };
static int half_of_list(const struct iovec* list, int count, struct iovec* part) {
  size_t total = 0;
  for (int i = 0; i < count; ++i) total += list[i].iov_len;
  size_t left = half(total);
  int used = 0;
  for (; used < count && used < max_slices && left != 0; ++used) {
    part[used] = list[used];
    if (part[used].iov_len > left) part[used].iov_len = left;
    left -= part[used].iov_len;
  }
  return used;
}

ssize_t read(int fd, void* data, size_t bytes) {
  int is_short = 0;
  if (is_failing(k_read, &is_short)) return -1;
  return REAL(read)(fd, data, is_short ? half(bytes) : bytes);
}

ssize_t write(int fd, const void* data, size_t bytes) {
  int is_short = 0;
  if (is_failing(k_write, &is_short)) return -1;
  return REAL(write)(fd, data, is_short ? half(bytes) : bytes);
}

ssize_t pwrite(int fd, const void* data, size_t bytes, off_t at) {
  int is_short = 0;
  if (is_failing(k_pwrite, &is_short)) return -1;
  return REAL(pwrite)(fd, data, is_short ? half(bytes) : bytes, at);
}

ssize_t getrandom(void* data, size_t bytes, unsigned flags) {
  int is_short = 0;
  if (is_failing(k_getrandom, &is_short)) return -1;
  return REAL(getrandom)(data, is_short ? half(bytes) : bytes, flags);
}

// Functions on lists, with what follows the list.
#define LIST_CALL(name, parameters, arguments)                                 \
  ssize_t name(int fd, const struct iovec* list, int count PASTE parameters) { \
    int is_short = 0;                                                          \
    struct iovec part[max_slices];                                             \
    if (is_failing(k_##name, &is_short)) return -1;                            \
    if (is_short) count = half_of_list(list, count, part);                     \
    return REAL(name)(fd, is_short ? part : list, count PASTE arguments);      \
  }
#define PASTE(...) __VA_OPT__(, ) __VA_ARGS__
LIST_CALL(readv, (), ())
LIST_CALL(writev, (), ())
LIST_CALL(preadv, (off_t at), (at))
LIST_CALL(pwritev, (off_t at), (at))
LIST_CALL(preadv2, (off_t at, int flags), (at, flags))
LIST_CALL(pwritev2, (off_t at, int flags), (at, flags))

// Functions that do all or nothing.
#define CALL(type, failed, name, parameters, arguments) \
  type name parameters {                                \
    if (is_failing(k_##name, NULL)) return failed;      \
    return REAL(name) arguments;                        \
  }
CALL(int, -1, fstat, (int fd, struct stat* to), (fd, to))
CALL(int, -1, stat, (const char* path, struct stat* to), (path, to))
CALL(int, -1, fstatat, (int fd, const char* path, struct stat* to, int flags),
     (fd, path, to, flags))
CALL(off_t, -1, lseek, (int fd, off_t to, int whence), (fd, to, whence))
CALL(int, -1, ftruncate, (int fd, off_t bytes), (fd, bytes))
CALL(int, -1, fallocate, (int fd, int mode, off_t at, off_t bytes), (fd, mode, at, bytes))
CALL(int, -1, fsync, (int fd), (fd))
CALL(int, -1, fdatasync, (int fd), (fd))
CALL(int, -1, unlink, (const char* path), (path))
CALL(int, -1, unlinkat, (int fd, const char* path, int flags), (fd, path, flags))
CALL(int, -1, rename, (const char* from, const char* to), (from, to))
CALL(int, -1, renameat, (int fd, const char* from, int to_fd, const char* to),
     (fd, from, to_fd, to))
CALL(int, -1, link, (const char* from, const char* to), (from, to))
CALL(int, -1, linkat, (int fd, const char* from, int to_fd, const char* to, int flags),
     (fd, from, to_fd, to, flags))
CALL(int, -1, symlinkat, (const char* target, int fd, const char* path), (target, fd, path))
CALL(ssize_t, -1, readlink, (const char* path, char* to, size_t bytes), (path, to, bytes))
CALL(ssize_t, -1, readlinkat, (int fd, const char* path, char* to, size_t bytes),
     (fd, path, to, bytes))
CALL(int, -1, mkdir, (const char* path, mode_t mode), (path, mode))
CALL(int, -1, mkdirat, (int fd, const char* path, mode_t mode), (fd, path, mode))
CALL(int, -1, utimensat, (int fd, const char* path, const struct timespec times[2], int flags),
     (fd, path, times, flags))
CALL(int, -1, futimens, (int fd, const struct timespec times[2]), (fd, times))
CALL(int, -1, poll, (struct pollfd * items, nfds_t count, int ms), (items, count, ms))
CALL(int, -1, ppoll,
     (struct pollfd * items, nfds_t count, const struct timespec* time, const sigset_t* mask),
     (items, count, time, mask))
CALL(void*, MAP_FAILED, mmap, (void* at, size_t bytes, int access, int flags, int fd, off_t from),
     (at, bytes, access, flags, fd, from))
CALL(int, -1, mprotect, (void* at, size_t bytes, int access), (at, bytes, access))
CALL(int, -1, memfd_create, (const char* name, unsigned flags), (name, flags))
CALL(int, -1, clock_getres, (clockid_t clock, struct timespec* to), (clock, to))
CALL(int, fault_errno, posix_fadvise, (int fd, off_t at, off_t bytes, int advice),
     (fd, at, bytes, advice))
CALL(int, -1, pipe2, (int ends[2], int flags), (ends, flags))
CALL(int, -1, sigaltstack, (const stack_t* stack, stack_t* old), (stack, old))
CALL(int, fault_errno, pthread_create,
     (pthread_t * thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument),
     (thread, attributes, body, argument))

// Whether an address is in the program itself, not in a library.
static int is_program(const void* address) {
  static const void* _Atomic program;
  Dl_info info;
  if (!atomic_load(&program) && dladdr((void*)getauxval(AT_ENTRY), &info))
    atomic_store(&program, info.dli_fbase);
  return dladdr(address, &info) && info.dli_fbase == atomic_load(&program);
}

// The C++ library takes it for granted, and threads spin on it, who knows how often.
int clock_gettime(clockid_t clock, struct timespec* to) {
  if (is_program(__builtin_return_address(0)) && is_failing(k_clock_gettime, NULL)) return -1;
  return REAL(clock_gettime)(clock, to);
}

// Whatever it says, the descriptor is closed; so it is on Linux.
int close(int fd) {
  const int result = REAL(close)(fd);
  return is_failing(k_close, NULL) ? -1 : result;
}

#define FOLLOWING(type, after)         \
  va_list arguments;                   \
  va_start(arguments, after);          \
  type rest = va_arg(arguments, type); \
  va_end(arguments)

int open(const char* path, int flags, ...) {
  FOLLOWING(unsigned, flags);
  return is_failing(k_open, NULL) ? -1 : REAL(open)(path, flags, rest);
}

int openat(int dir, const char* path, int flags, ...) {
  FOLLOWING(unsigned, flags);
  notice_marker(path);
  return is_failing(k_openat, NULL) ? -1 : REAL(openat)(dir, path, flags, rest);
}

int fcntl(int fd, int command, ...) {
  FOLLOWING(void*, command);
  return is_failing(k_fcntl, NULL) ? -1 : REAL(fcntl)(fd, command, rest);
}

int ioctl(int fd, unsigned long request, ...) {
  FOLLOWING(void*, request);
  return is_failing(k_ioctl, NULL) ? -1 : REAL(ioctl)(fd, request, rest);
}

long syscall(long number, ...) {
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (int i = 0; i < 6; ++i) a[i] = va_arg(arguments, long);
  va_end(arguments);
  if (number == SYS_openat2 && is_without_openat2) return errno = ENOSYS, -1;
  if (number == SYS_openat2) {
    notice_marker((const char*)a[1]);
    if (is_failing(k_openat2, NULL)) return -1;
  }
  if (number == SYS_getdents64 && a[0] >= 0 && is_failing(k_getdents64, NULL)) return -1;
  return RAW(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
