// Mapped files with mmap.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "platform/io_error_unix.h"
#include "platform/mapped_file.h"
#include "platform/memory_map.h"

namespace skerry::platform {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::unexpected<Error> os_error() {
  if (errno == ENOENT) return fail(ErrorCode::FileNotFound, kNoPosition, ENOENT);
  return fail_last_os_error();
}

// Until the end, whatever size was promised.
Result<void> read_all(int fd, size_t expected_bytes, std::vector<uint8_t>& out) {
  size_t used = 0;
  out.resize(expected_bytes + 1);  // one more byte shows the end without growing
  for (;;) {
    if (used == out.size()) out.resize(out.size() * 2 + 65536);
    const ssize_t count =
        retry_interrupted([&] { return ::read(fd, out.data() + used, out.size() - used); });
    if (count < 0) return os_error();
    if (count == 0) break;
    used += static_cast<size_t>(count);
    if (used > kMaxStreamBytes) return fail_io(IoError::FileTooLarge);
  }
  out.resize(used);
  return {};
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return os_error();
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return os_error();
  std::shared_ptr<MappedFile> result(new MappedFile);
  const bool is_regular = S_ISREG(status.st_mode);
  const uint64_t size = is_regular ? static_cast<uint64_t>(status.st_size) : 0;
  if (size <= kReadWholeBytes) {
    if (auto read = read_all(file.get(), size, result->read_); !read)
      return std::unexpected(read.error());
    result->bytes_ = result->read_;
    result->only_we_can_write_ = true;
    return result;
  }
  void* const map = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (map == MAP_FAILED) return os_error();
  result->bytes_ = {static_cast<const uint8_t*>(map), size};
  result->descriptor_ = file.release();
  const bool is_ours = status.st_uid == ::geteuid() || status.st_uid == 0;
  result->only_we_can_write_ = is_ours && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return result;
}

// In place: pages that were looked at stay where they are.
Result<ExecutableMap> MappedFile::executable(uint64_t offset, uint64_t bytes) const {
  const bool is_inside = offset <= bytes_.size() && bytes <= bytes_.size() - offset;
  if (!read_.empty() || !is_inside || bytes == 0 || offset % kExecutableAlignment != 0)
    return fail_io(IoError::Invalid);
  const uint8_t* const begin = bytes_.data() + offset;
  if (::mprotect(const_cast<uint8_t*>(begin), round_up_to_page(bytes), PROT_READ | PROT_EXEC) != 0)
    return fail_last_os_error();
  return ExecutableMap(begin, bytes);
}

Result<bool> MappedFile::lay_over(std::span<uint8_t> pages, uint64_t offset) const {
  const auto address = reinterpret_cast<uintptr_t>(pages.data());
  const bool is_inside = offset <= bytes_.size() && pages.size() <= bytes_.size() - offset;
  if (descriptor_ < 0 || !is_inside || pages.empty() ||
      (address | pages.size() | offset) % page_bytes() != 0)
    return false;
  if (::mmap(pages.data(), pages.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
             descriptor_, static_cast<off_t>(offset)) == MAP_FAILED)
    return fail(ErrorCode::OutOfMemory, kNoPosition, static_cast<uint64_t>(errno));
  return true;
}

ExecutableMap::~ExecutableMap() = default;  // the mapping is the file's

MappedFile::~MappedFile() {
  if (read_.empty() && !bytes_.empty())
    ::munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace skerry::platform
