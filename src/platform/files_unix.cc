// Files on Unix: thin, EINTR-safe calls of the system. Streams are never waited for: Linux is asked
// with RWF_NOWAIT, and where a kind of file or an older kernel does not know that, poll() is asked
// first.
#include "platform/files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>

#include "platform/held_signal_unix.h"
#include "platform/io_error_unix.h"
#include "platform/socket_system.h"
#include "platform/stat_unix.h"
#include "platform/stream_io_unix.h"

namespace skerry::platform {
namespace {

static_assert(sizeof(IoSlice) == sizeof(iovec) &&
                  offsetof(IoSlice, data) == offsetof(iovec, iov_base) &&
                  offsetof(IoSlice, size_bytes) == offsetof(iovec, iov_len),
              "slices are passed to the kernel as they are");

int fd_of(const File& file) { return static_cast<int>(file.native()); }

// The kernel's offsets are signed.
bool fits_offset(uint64_t offset) { return offset <= static_cast<uint64_t>(INT64_MAX); }

Result<void> checked(int result) {
  if (result != 0) return fail_errno(errno);
  return {};
}

}  // namespace

FileType file_type_of_mode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileType::Regular;
    case S_IFDIR: return FileType::Directory;
    case S_IFLNK: return FileType::Symlink;
    case S_IFCHR: return FileType::CharacterDevice;
    case S_IFBLK: return FileType::BlockDevice;
    case S_IFIFO: return FileType::Pipe;
    case S_IFSOCK: return FileType::StreamSocket;
    default: return FileType::Unknown;
  }
}

FileStat file_stat_of(const struct stat& from) {
  const auto nanoseconds = [](const timespec& time) -> uint64_t {
    if (time.tv_sec < 0) return 0;
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
  };
  return {.device = from.st_dev,
          .inode = from.st_ino,
          .type = file_type_of_mode(from.st_mode),
          .link_count = from.st_nlink,
          .size_bytes = static_cast<uint64_t>(from.st_size),
          .access_ns = nanoseconds(from.st_atim),
          .modify_ns = nanoseconds(from.st_mtim),
          .change_ns = nanoseconds(from.st_ctim)};
}

timespec timespec_of(TimeChange change) {
  switch (change.kind) {
    case TimeChange::Keep: return {0, UTIME_OMIT};
    case TimeChange::Now: return {0, UTIME_NOW};
    case TimeChange::Set: break;
  }
  return {static_cast<time_t>(change.time_ns / 1'000'000'000),
          static_cast<long>(change.time_ns % 1'000'000'000)};
}

Result<File> File::adopt(NativeHandle handle, Ownership ownership, bool append) {
  File file;
  file.handle_ = handle;
  file.ownership_ = ownership;
  file.append_ = append;
  struct stat found;
  if (fstat(static_cast<int>(handle), &found) != 0) return fail_errno(errno);
  file.type_ = file_type_of_mode(found.st_mode);
  if (file.type_ == FileType::StreamSocket) file.type_ = socket_type(static_cast<int>(handle));
  return file;
}

File File::of_socket(NativeHandle handle, FileType type) {
  File file;
  file.handle_ = handle;
  file.type_ = type;
  return file;
}

Result<File> File::open_null() {
  const int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (fd < 0) return fail_errno(errno);
  return adopt(fd, Ownership::Owned);
}

File::~File() {
  // EINTR is no reason to try again: Linux has closed the descriptor by then.
  if (is_open() && ownership_ == Ownership::Owned) close(static_cast<int>(handle_));
}

Result<size_t> File::read(std::span<const IoSlice> slices) const {
  if (is_socket()) return read_socket(*this, slices);
  if (is_stream()) return read_stream(fd_of(*this), type_, slices);
  const auto* list = reinterpret_cast<const iovec*>(slices.data());
  return counted(retry_interrupted([&] {
    return slices.size() == 1 ? ::read(fd_of(*this), list->iov_base, list->iov_len)
                              : readv(fd_of(*this), list, static_cast<int>(slices.size()));
  }));
}

Result<size_t> File::write(std::span<const IoSlice> slices) const {
  if (is_socket()) return write_socket(*this, slices);
  if (is_stream()) return write_stream(fd_of(*this), type_, slices);
  const auto* list = reinterpret_cast<const iovec*>(slices.data());
  return counted(grow_file([&] {
    return slices.size() == 1 ? ::write(fd_of(*this), list->iov_base, list->iov_len)
                              : writev(fd_of(*this), list, static_cast<int>(slices.size()));
  }));
}

Result<size_t> File::read_at(std::span<const IoSlice> slices, uint64_t offset) const {
  if (!fits_offset(offset)) return fail_io(IoError::Invalid);
  const auto* list = reinterpret_cast<const iovec*>(slices.data());
  return counted(retry_interrupted([&] {
    return preadv(fd_of(*this), list, static_cast<int>(slices.size()), static_cast<off_t>(offset));
  }));
}

Result<size_t> File::write_at(std::span<const IoSlice> slices, uint64_t offset) const {
  if (!fits_offset(offset)) return fail_io(IoError::Invalid);
  const auto* list = reinterpret_cast<const iovec*>(slices.data());
  return counted(grow_file([&] {
    return pwritev(fd_of(*this), list, static_cast<int>(slices.size()), static_cast<off_t>(offset));
  }));
}

Result<uint64_t> File::seek(int64_t offset, Whence whence) const {
  constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  // On terminals lseek succeeds and means nothing.
  if (is_stream()) return fail_io(IoError::NotSeekable);
  const off_t position = lseek(fd_of(*this), offset, kWhence[static_cast<size_t>(whence)]);
  if (position < 0) return fail_errno(errno);
  return static_cast<uint64_t>(position);
}

Result<FileStat> File::stat() const {
  struct stat found;
  if (fstat(fd_of(*this), &found) != 0) return fail_errno(errno);
  FileStat result = file_stat_of(found);
  result.type = type_;  // a socket's kind is not in its mode
  return result;
}

Result<void> File::set_size(uint64_t size_bytes) const {
  if (!fits_offset(size_bytes)) return fail_io(IoError::Invalid);
  return checked(
      grow_file([&] { return ftruncate(fd_of(*this), static_cast<off_t>(size_bytes)); }));
}

Result<void> File::set_times(TimeChange access, TimeChange modify) const {
  const timespec times[2] = {timespec_of(access), timespec_of(modify)};
  return checked(futimens(fd_of(*this), times));
}

Result<void> File::allocate(uint64_t offset, uint64_t length) const {
  if (!fits_offset(offset) || !fits_offset(length)) return fail_io(IoError::Invalid);
#ifdef __linux__
  return checked(grow_file([&] {
    return fallocate(fd_of(*this), 0, static_cast<off_t>(offset), static_cast<off_t>(length));
  }));
#else
  return fail_io(IoError::NotSupported);
#endif
}

Result<void> File::advise(uint64_t offset, uint64_t length, Advice advice) const {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (!fits_offset(offset) || !fits_offset(length)) return fail_io(IoError::Invalid);
  const int number =
      posix_fadvise(fd_of(*this), static_cast<off_t>(offset), static_cast<off_t>(length),
                    kAdvice[static_cast<size_t>(advice)]);
  if (number != 0) return fail_errno(number);
  return {};
}

Result<void> File::sync() const {
  return checked(retry_interrupted([&] { return fsync(fd_of(*this)); }));
}
Result<void> File::data_sync() const {
  return checked(retry_interrupted([&] { return fdatasync(fd_of(*this)); }));
}

Result<void> File::set_append(bool append) {
  const int flags = fcntl(fd_of(*this), F_GETFL);
  if (flags < 0) return fail_errno(errno);
  if (((flags & O_APPEND) != 0) == append) return {};
  if (ownership_ == Ownership::Borrowed) return fail_io(IoError::NotSupported);
  if (fcntl(fd_of(*this), F_SETFL, append ? flags | O_APPEND : flags & ~O_APPEND) != 0)
    return fail_errno(errno);
  append_ = append;
  return {};
}

Result<File> standard_file(StandardStream stream) {
  return File::adopt(static_cast<NativeHandle>(stream), File::Ownership::Borrowed);
}

}  // namespace skerry::platform
