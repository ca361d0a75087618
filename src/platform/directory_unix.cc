// Directories on Unix: the *at calls, always with "do not follow".
#include "platform/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <climits>
#include <cstring>

#include "platform/directory_unix.h"
#include "platform/io_error_unix.h"
#include "platform/stat_unix.h"

namespace skerry::platform {
namespace {

// As a program would create them; the user's umask takes away what it wants.
constexpr mode_t kFileMode = 0666;
constexpr mode_t kDirectoryMode = 0777;
constexpr size_t kMaxLinkBytes = 65536;

int fd_of(const Dir& dir) { return static_cast<int>(dir.file().native()); }

// A name with the terminating zero that the system wants.
class Name {
 public:
  explicit Name(std::string_view name) {
    assert(!name.empty() && name.find('/') == name.npos && name != "." && name != "..");
    is_too_long_ = name.size() > NAME_MAX;
    if (is_too_long_) name = {};
    std::memcpy(text_, name.data(), name.size());
    text_[name.size()] = 0;
  }
  bool is_too_long() const { return is_too_long_; }
  const char* c_str() const { return text_; }

 private:
  char text_[NAME_MAX + 1];
  bool is_too_long_;
};

Result<void> checked(int result) {
  if (result != 0) return fail_errno(errno);
  return {};
}

// Leaves errno as it is.
bool is_regular(int dir, const char* name) {
  const int number = errno;
  struct stat found;
  const bool result =
      fstatat(dir, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(found.st_mode);
  errno = number;
  return result;
}

Result<Dir> adopt_directory(int fd) {
  if (fd < 0) return fail_errno(errno);
  return Dir(TRY(File::adopt(fd, File::Ownership::Owned)));
}

}  // namespace

// Opening never waits, not even for the other end of a pipe or for a line to be picked up: nobody
// could interrupt that. Reading and writing never wait either (stream_io_unix.cc), so the flag may
// stay, and files and directories do not know it.
int open_flags_of(const OpenOptions& options) {
  int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  flags |= options.write ? (options.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (options.create) flags |= O_CREAT;
  if (options.exclusive) flags |= O_EXCL;
  if (options.truncate) flags |= O_TRUNC;
  if (options.directory) flags |= O_DIRECTORY;
  if (options.append) flags |= O_APPEND;
  if (options.data_sync) flags |= O_DSYNC;
  if (options.full_sync) flags |= O_SYNC;
  return flags;
}

Result<void> check_name(std::string_view name) {
  if (name.size() > NAME_MAX) return fail_io(IoError::NameTooLong);
  return {};
}

Result<Dir> Dir::open_host(const std::string& path) {
  return adopt_directory(
      retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
}

Result<File> Dir::open(std::string_view name, const OpenOptions& options) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  int flags = open_flags_of(options) | O_NOFOLLOW;
  const auto attempt = [&] {
    return retry_interrupted([&] { return openat(fd_of(*this), text.c_str(), flags, kFileMode); });
  };
  int fd = attempt();
  if (fd < 0 && errno == EAGAIN && is_regular(fd_of(*this), text.c_str())) {
    // Somebody holds a lease of the file, and has a bounded time to give it up.
    flags &= ~O_NONBLOCK;
    fd = attempt();
  }
  if (fd < 0) return fail_errno(errno);
  return File::adopt(fd, File::Ownership::Owned, options.append);
}

Result<Dir> Dir::open_for_walk(std::string_view name) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  return adopt_directory(retry_interrupted([&] {
    return openat(fd_of(*this), text.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  }));
}

Result<File> Dir::reopen(const OpenOptions& options) const {
  const int fd =
      retry_interrupted([&] { return openat(fd_of(*this), ".", open_flags_of(options)); });
  if (fd < 0) return fail_errno(errno);
  return File::adopt(fd, File::Ownership::Owned);
}

Result<Dir> Dir::duplicate() const {
  return adopt_directory(fcntl(fd_of(*this), F_DUPFD_CLOEXEC, 0));
}

Result<FileStat> Dir::stat(std::string_view name) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  struct stat found;
  if (fstatat(fd_of(*this), text.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return fail_errno(errno);
  return file_stat_of(found);
}

Result<void> Dir::set_times(std::string_view name, TimeChange access, TimeChange modify) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  const timespec times[2] = {timespec_of(access), timespec_of(modify)};
  return checked(utimensat(fd_of(*this), text.c_str(), times, AT_SYMLINK_NOFOLLOW));
}

Result<void> Dir::create_directory(std::string_view name) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  return checked(mkdirat(fd_of(*this), text.c_str(), kDirectoryMode));
}

Result<void> Dir::remove_directory(std::string_view name) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  return checked(unlinkat(fd_of(*this), text.c_str(), AT_REMOVEDIR));
}

Result<void> Dir::unlink(std::string_view name) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  return checked(unlinkat(fd_of(*this), text.c_str(), 0));
}

Result<void> Dir::rename(std::string_view name, const Dir& to, std::string_view new_name) const {
  const Name text(name), new_text(new_name);
  if (text.is_too_long() || new_text.is_too_long()) return fail_io(IoError::NameTooLong);
  return checked(renameat(fd_of(*this), text.c_str(), fd_of(to), new_text.c_str()));
}

Result<void> Dir::link(std::string_view name, const Dir& to, std::string_view new_name) const {
  const Name text(name), new_text(new_name);
  if (text.is_too_long() || new_text.is_too_long()) return fail_io(IoError::NameTooLong);
  return checked(linkat(fd_of(*this), text.c_str(), fd_of(to), new_text.c_str(), 0));
}

Result<void> Dir::symlink(std::string_view target, std::string_view name, bool) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  return checked(symlinkat(std::string(target).c_str(), fd_of(*this), text.c_str()));
}

Result<std::string> Dir::read_link(std::string_view name) const {
  const Name text(name);
  if (text.is_too_long()) return fail_io(IoError::NameTooLong);
  // The size that stat() gives is 0 in some file systems; so grow until the text fits.
  for (size_t size = 256; size <= kMaxLinkBytes; size *= 4) {
    std::string target(size, '\0');
    const ssize_t length = readlinkat(fd_of(*this), text.c_str(), target.data(), size);
    if (length < 0) return fail_errno(errno);
    if (static_cast<size_t>(length) == size) continue;
    target.resize(static_cast<size_t>(length));
    return target;
  }
  return fail_io(IoError::NameTooLong);
}

namespace {

constexpr size_t kReadDirBytes = 32768;

// What getdents64 writes: kernel ABI, without a declaration in older headers.
struct KernelEntry {
  uint64_t inode;
  int64_t next;
  uint16_t record_bytes;
  uint8_t type;
  char name[1];
};
constexpr size_t kNameOffset = offsetof(KernelEntry, name);

FileType file_type_of_entry(uint8_t type) {
  switch (type) {
    case DT_REG: return FileType::Regular;
    case DT_DIR: return FileType::Directory;
    case DT_LNK: return FileType::Symlink;
    case DT_CHR: return FileType::CharacterDevice;
    case DT_BLK: return FileType::BlockDevice;
    case DT_FIFO: return FileType::Pipe;
    case DT_SOCK: return FileType::StreamSocket;
    default: return FileType::Unknown;
  }
}

DirEntry read_entry(const uint8_t* at, size_t& record_bytes) {
  KernelEntry head;
  std::memcpy(&head, at, kNameOffset);
  record_bytes = head.record_bytes;
  return {.name = reinterpret_cast<const char*>(at) + kNameOffset,
          .inode = head.inode,
          .type = file_type_of_entry(head.type),
          .next_cookie = static_cast<uint64_t>(head.next)};  // the kernel's; see entry_in_buffer
}

// Some file systems leave the type out.
FileType type_of_entry(const Dir& dir, const DirEntry& entry) {
  if (entry.type != FileType::Unknown) return entry.type;
  if (entry.name == "." || entry.name == "..") return FileType::Directory;
  const auto stat = dir.stat(entry.name);
  return stat ? stat->type : FileType::Unknown;
}

}  // namespace

// The buffer is kept: a guest with a small one of its own asks again for the entry that did not
// fit.
std::optional<DirEntry> DirReader::entry_in_buffer(uint64_t cookie) {
  if (cookie < first_cookie_) return std::nullopt;
  if (cookie < cookie_) {
    pos_ = 0;
    cookie_ = first_cookie_;
  }
  while (pos_ < used_bytes_) {
    size_t record_bytes;
    DirEntry entry = read_entry(buffer_.data() + pos_, record_bytes);
    if (places_.size() == cookie_ + 1) places_.push_back(entry.next_cookie);
    entry.next_cookie = cookie_ + 1;
    if (cookie_ == cookie) return entry;
    pos_ += record_bytes;
    ++cookie_;
  }
  return std::nullopt;
}

// Reads on from a cookie whose place is known. False: that is the end.
Result<bool> DirReader::fill(const Dir& dir, uint64_t cookie) {
  // Behind the buffer the kernel stands where we want to go on; anywhere else it has to move.
  const bool goes_on = used_bytes_ != 0 && pos_ == used_bytes_ && cookie_ == cookie;
  if (!goes_on && lseek(fd_of(dir), static_cast<off_t>(places_[cookie]), SEEK_SET) < 0)
    return fail_errno(errno);
  const long bytes = retry_interrupted(
      [&] { return syscall(SYS_getdents64, fd_of(dir), buffer_.data(), buffer_.size()); });
  pos_ = 0;
  first_cookie_ = cookie_ = cookie;
  used_bytes_ = bytes > 0 ? static_cast<size_t>(bytes) : 0;
  if (bytes < 0) return fail_errno(errno);
  return bytes != 0;
}

Result<std::optional<DirEntry>> DirReader::entry_at(const Dir& dir, uint64_t cookie) {
  if (buffer_.empty()) buffer_.resize(kReadDirBytes);
  if (cookie == 0 || places_.empty()) {
    places_.assign(1, 0);
    used_bytes_ = 0;
    first_cookie_ = cookie_ = 0;
  }
  for (;;) {
    if (auto entry = entry_in_buffer(cookie)) {
      entry->type = type_of_entry(dir, *entry);
      return entry;
    }
    // A cookie that has not been given out yet is reached by reading up to it.
    const uint64_t known = std::min<uint64_t>(cookie, places_.size() - 1);
    if (TRY(fill(dir, known))) continue;
    if (known != cookie) return fail_io(IoError::Invalid);
    return std::nullopt;
  }
}

}  // namespace skerry::platform
