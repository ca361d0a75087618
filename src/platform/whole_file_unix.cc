// A temporary file beside the place, then rename() or link().
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "platform/held_signal_unix.h"
#include "platform/io_error_unix.h"
#include "platform/random.h"
#include "platform/whole_file.h"

namespace skerry::platform {
namespace {

constexpr size_t kMaxPrivateBytes = 64 << 10;

Result<void> write_all(int fd, std::span<const Bytes> parts) {
  for (Bytes part : parts) {
    while (!part.empty()) {
      const ssize_t count = grow_file([&] { return ::write(fd, part.data(), part.size()); });
      if (count < 0) return fail_last_os_error();
      part = part.subspan(static_cast<size_t>(count));
    }
  }
  return {};
}

// Gone at the end, unless it was given another name.
class TemporaryFile {
 public:
  ~TemporaryFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  Result<void> write(const std::string& beside, std::span<const Bytes> parts, Access access) {
    uint64_t number = 0;
    TRY(fill_random({reinterpret_cast<uint8_t*>(&number), sizeof(number)}));
    char suffix[32];
    std::snprintf(suffix, sizeof(suffix), ".%016llx.tmp", static_cast<unsigned long long>(number));
    const std::string path = beside + suffix;
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                 access == Access::Private ? 0600 : 0666);
    if (fd_ < 0) return fail_last_os_error();
    path_ = path;
    TRY(write_all(fd_, parts));
    // Some file systems report only here that there was no room.
    if (::close(std::exchange(fd_, -1)) != 0) return fail_last_os_error();
    return {};
  }
  Result<void> replace(const std::string& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) return fail_last_os_error();
    path_.clear();
    return {};
  }
  // Unlike a rename, a link never takes a name away.
  Result<void> appear_as(const std::string& path) const {
    if (::link(path_.c_str(), path.c_str()) != 0) return fail_last_os_error();
    return {};
  }

 private:
  int fd_ = -1;
  std::string path_;
};

// Where there are no links: not complete at once, but never somebody else's.
Result<void> create_in_place(const std::string& path, Bytes bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail_last_os_error();
  const Result<void> written = write_all(fd, std::span(&bytes, 1));
  ::close(fd);
  if (!written) ::unlink(path.c_str());
  return written;
}

}  // namespace

Result<void> write_file(const std::string& path, std::span<const Bytes> parts, Access access) {
  TemporaryFile file;
  TRY(file.write(path, parts, access));
  return file.replace(path);
}

Result<void> create_private_file(const std::string& path, Bytes bytes) {
  TemporaryFile file;
  TRY(file.write(path, std::span(&bytes, 1), Access::Private));
  const Result<void> linked = file.appear_as(path);
  if (linked || is_io_error(linked.error(), IoError::Exists)) return linked;
  return create_in_place(path, bytes);
}

Result<std::vector<uint8_t>> read_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return fail(ErrorCode::FileNotFound, kNoPosition, ENOENT);
  if (fd < 0) return fail_last_os_error();
  struct stat status;
  std::vector<uint8_t> bytes(kMaxPrivateBytes);
  ssize_t count = -1;
  if (::fstat(fd, &status) == 0)
    count = retry_interrupted([&] { return ::read(fd, bytes.data(), bytes.size()); });
  const int error = errno;
  ::close(fd);
  if (count < 0) return fail_errno(error);
  const bool is_ours = status.st_uid == ::geteuid() || status.st_uid == 0;
  if (!is_ours || (status.st_mode & 077) != 0) return fail(ErrorCode::KeyExposed);
  bytes.resize(static_cast<size_t>(count));
  return bytes;
}

Result<void> make_private_folder(const std::string& path) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string folder = path.substr(0, end);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      // Some systems say so of what they would not let us make anyway.
      const int error = errno;
      struct stat status;
      if (::stat(folder.c_str(), &status) != 0) return fail_errno(error);
    }
    if (end == std::string::npos) return {};
  }
}

}  // namespace skerry::platform
