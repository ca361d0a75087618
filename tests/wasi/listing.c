// fd_readdir as its records come: layout, cookies that resume anywhere, buffers that are too small
// for a record or a name, and entries that come and go between two calls.
// @dir
// @peer-skips entries_removed_meanwhile wasmtime counts entries, so it skips some when others go
// @peer-skips nothing_of_the_parent wasmtime tells its number
// @peer-skips refused wasmtime answers badf
#include "calls.h"

enum { HEADER = sizeof(__wasi_dirent_t), MANY = 200, NAMES = 8 };

static void make_numbered(const char* folder, int count) {
  char path[64];
  make_dir(folder);
  for (int i = 0; i < count; ++i) {
    snprintf(path, sizeof(path), "%s/entry-%03d", folder, i);
    make(path, "");
  }
}

// One call with room for one entry: its number in `entry-NUMBER`, -1 for the two with dots, -2 at
// the end. The cookie moves on.
static int next_entry(__wasi_fd_t fd, __wasi_dircookie_t* cookie) {
  uint8_t buffer[HEADER + 9];
  __wasi_dirent_t entry;
  __wasi_size_t used;
  CHECK_ERRNO(__wasi_fd_readdir(fd, buffer, sizeof(buffer), *cookie, &used), OK);
  if (used == 0) return -2;
  CHECK(used >= HEADER);
  memcpy(&entry, buffer, HEADER);
  *cookie = entry.d_next;
  if (buffer[HEADER] == '.') return -1;
  CHECK(entry.d_namlen == 9 && entry.d_type == __WASI_FILETYPE_REGULAR_FILE && entry.d_ino != 0);
  char digits[4] = {0};
  memcpy(digits, buffer + HEADER + 6, 3);
  return atoi(digits);
}

static void records(void) {
  static uint8_t buffer[4096];
  __wasi_size_t used;
  make_dir("records");
  make_dir("records/folder");
  make("records/file", "");
  CHECK_ERRNO(__wasi_path_symlink("file", ROOT, "records/link"), OK);
  const __wasi_fd_t fd = open_dir("records");
  CHECK_ERRNO(__wasi_fd_readdir(fd, buffer, sizeof(buffer), 0, &used), OK);
  CHECK(used == 5 * HEADER + strlen(".") + strlen("..") + strlen("folder") + strlen("filelink"));
  int seen = 0;
  __wasi_dircookie_t last = 0;
  for (__wasi_size_t at = 0; at < used;) {
    __wasi_dirent_t entry;
    memcpy(&entry, buffer + at, HEADER);
    const char* const name = (const char*)buffer + at + HEADER;
    const int is_folder = entry.d_namlen == 6 && memcmp(name, "folder", 6) == 0;
    const int is_link = entry.d_namlen == 4 && memcmp(name, "link", 4) == 0;
    if (name[0] == '.' || is_folder)
      CHECK(entry.d_type == __WASI_FILETYPE_DIRECTORY);
    else
      CHECK(entry.d_type ==
            (is_link ? __WASI_FILETYPE_SYMBOLIC_LINK : __WASI_FILETYPE_REGULAR_FILE));
    CHECK(entry.d_next != last && entry.d_next != 0);
    last = entry.d_next;
    at += HEADER + entry.d_namlen;
    ++seen;
  }
  CHECK(seen == 5);
  // Behind the last there is nothing, however often one asks.
  CHECK_ERRNO(__wasi_fd_readdir(fd, buffer, sizeof(buffer), last, &used), OK);
  CHECK(used == 0);
  CHECK_ERRNO(__wasi_fd_readdir(fd, buffer, sizeof(buffer), last, &used), OK);
  CHECK(used == 0);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

// What is above may be outside: its number is not told.
static void nothing_of_the_parent(void) {
  static uint8_t buffer[4096];
  __wasi_size_t used;
  CHECK_ERRNO(__wasi_fd_readdir(ROOT, buffer, sizeof(buffer), 0, &used), OK);
  int seen = 0;
  for (__wasi_size_t at = 0; at + HEADER <= used;) {
    __wasi_dirent_t entry;
    memcpy(&entry, buffer + at, HEADER);
    if (entry.d_namlen == 2 && memcmp(buffer + at + HEADER, "..", 2) == 0) {
      CHECK(entry.d_ino == 0 && entry.d_type == __WASI_FILETYPE_DIRECTORY);
      ++seen;
    }
    at += HEADER + entry.d_namlen;
  }
  CHECK(seen == 1);
}

static void empty_folder(void) {
  make_dir("nothing");
  const __wasi_fd_t fd = open_dir("nothing");
  __wasi_dircookie_t cookie = 0;
  CHECK(next_entry(fd, &cookie) == -1 && next_entry(fd, &cookie) == -1);
  CHECK(next_entry(fd, &cookie) == -2);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void small_buffers(void) {
  make_numbered("small", NAMES);
  const __wasi_fd_t fd = open_dir("small");
  static uint8_t whole[1024], part[1024];
  __wasi_size_t all, used;
  CHECK_ERRNO(__wasi_fd_readdir(fd, whole, sizeof(whole), 0, &all), OK);
  // Cut anywhere, also inside of a record: what there is room for is as it would be with more.
  for (__wasi_size_t size = 0; size < all; ++size) {
    memset(part, 0xee, sizeof(part));
    CHECK_ERRNO(__wasi_fd_readdir(fd, part, size, 0, &used), OK);
    CHECK(used == size && memcmp(part, whole, size) == 0 && part[size] == 0xee);
  }
  CHECK_ERRNO(__wasi_fd_readdir(fd, part, all, 0, &used), OK);
  CHECK(used == all);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void resuming(void) {
  make_numbered("resume", MANY);
  const __wasi_fd_t fd = open_dir("resume");
  static __wasi_dircookie_t places[MANY + 2];
  static int found[MANY + 2];
  int seen[MANY] = {0};
  __wasi_dircookie_t cookie = 0;
  for (int i = 0; i < MANY + 2; ++i) {
    places[i] = cookie;
    found[i] = next_entry(fd, &cookie);
    CHECK(found[i] >= -1 && found[i] < MANY);
    if (found[i] >= 0) ++seen[found[i]];
  }
  CHECK(next_entry(fd, &cookie) == -2);
  for (int i = 0; i < MANY; ++i) CHECK(seen[i] == 1);
  // From any place, in any order: what was there is there again.
  for (int i = 0; i < MANY + 2; ++i) {
    const int at = i * 37 % (MANY + 2);
    __wasi_dircookie_t place = places[at];
    CHECK(next_entry(fd, &place) == found[at]);
  }
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

// Whatever else changes, what stays is listed, and once.
static void entries_removed_meanwhile(void) {
  make_numbered("removed", MANY);
  const __wasi_fd_t fd = open_dir("removed");
  int seen[MANY] = {0}, entry;
  __wasi_dircookie_t cookie = 0;
  char path[64];
  while ((entry = next_entry(fd, &cookie)) != -2) {
    if (entry < 0) continue;
    ++seen[entry];
    snprintf(path, sizeof(path), "removed/entry-%03d", entry);
    CHECK_ERRNO(__wasi_path_unlink_file(ROOT, path), OK);
  }
  for (int i = 0; i < MANY; ++i) CHECK(seen[i] == 1);
  CHECK_ERRNO(__wasi_path_remove_directory(ROOT, "removed"), OK);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

// From the start again, new entries are there and removed ones are not.
static void from_the_start_again(void) {
  make_numbered("again", 2);
  const __wasi_fd_t fd = open_dir("again");
  __wasi_dircookie_t cookie = 0;
  while (next_entry(fd, &cookie) != -2) {
  }
  CHECK_ERRNO(__wasi_path_unlink_file(ROOT, "again/entry-000"), OK);
  make("again/entry-007", "");
  int sum = 0;
  cookie = 0;
  for (int entry; (entry = next_entry(fd, &cookie)) != -2;) sum += entry > 0 ? entry : 0;
  CHECK(sum == 8);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

static void two_readers(void) {
  make_numbered("two", NAMES);
  const __wasi_fd_t a = open_dir("two"), b = open_dir("two");
  __wasi_dircookie_t at_a = 0, at_b = 0;
  for (int i = 0; i < NAMES + 2; ++i) CHECK(next_entry(a, &at_a) == next_entry(b, &at_b));
  CHECK(next_entry(a, &at_a) == -2 && next_entry(b, &at_b) == -2);
  CHECK_ERRNO(__wasi_fd_close(a), OK);
  CHECK_ERRNO(__wasi_fd_close(b), OK);
}

static void refused(void) {
  uint8_t buffer[64];
  __wasi_size_t used;
  const __wasi_fd_t file = make_open("file", "");
  CHECK_ERRNO(__wasi_fd_readdir(file, buffer, 64, 0, &used), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_fd_readdir(0, buffer, 64, 0, &used), __WASI_ERRNO_NOTDIR);
  CHECK_ERRNO(__wasi_fd_readdir(CLOSED, buffer, 64, 0, &used), __WASI_ERRNO_BADF);
  CHECK_ERRNO(__wasi_fd_close(file), OK);
}

// A place that nothing has said: no crash, and nothing that is not in the folder.
static void cookies_out_of_thin_air(void) {
  make_numbered("odd", NAMES);
  const __wasi_fd_t fd = open_dir("odd");
  static const __wasi_dircookie_t kCookies[] = {12345, INT64_MAX, UINT64_MAX, 1ull << 32};
  for (size_t i = 0; i < sizeof(kCookies) / sizeof(*kCookies); ++i) {
    uint8_t buffer[256];
    __wasi_size_t used = 0;
    const __wasi_errno_t error = __wasi_fd_readdir(fd, buffer, sizeof(buffer), kCookies[i], &used);
    CHECK(error == OK || error == __WASI_ERRNO_INVAL || error == __WASI_ERRNO_OVERFLOW);
    CHECK(used <= sizeof(buffer));
  }
  __wasi_dircookie_t cookie = 0;
  CHECK(next_entry(fd, &cookie) >= -1);
  CHECK_ERRNO(__wasi_fd_close(fd), OK);
}

int main(void) {
  CASE(records);
  CASE(nothing_of_the_parent);
  CASE(empty_folder);
  CASE(small_buffers);
  CASE(resuming);
  CASE(entries_removed_meanwhile);
  CASE(from_the_start_again);
  CASE(two_readers);
  CASE(refused);
  CASE(cookies_out_of_thin_air);
  return finish();
}
