// memfd_create; pwrite.
#include "platform/code_file.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>

#include "platform/io_error_unix.h"

namespace skerry::platform {
namespace {

// Since Linux 6.3 a system may want to be told that such a file is for executing.
constexpr unsigned kMemfdExec = 0x10;

// Descriptors belong to the program around us: a host of many modules needs them for other things.
constexpr int kMaxFiles = 64;
std::atomic<int> files_in_use = 0;

int create_file() {
#ifdef __linux__
  const int file = memfd_create("skerry-code", MFD_CLOEXEC | kMemfdExec);
  return file >= 0 ? file : memfd_create("skerry-code", MFD_CLOEXEC);
#else
  return -1;
#endif
}

// Growing a file beyond the limit would not fail but end the process.
bool is_size_allowed(uint64_t bytes) {
  struct rlimit limit;
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
         (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= bytes);
}

}  // namespace

std::optional<CodeFile> CodeFile::map_over(MemoryMap& map) {
  if (!is_size_allowed(map.size_bytes())) return std::nullopt;
  const bool is_one_too_many = files_in_use.fetch_add(1) >= kMaxFiles;
  CodeFile file(is_one_too_many ? -1 : create_file(), getpid());
  if (file.descriptor_ < 0) files_in_use.fetch_sub(1);
  if (file.descriptor_ < 0 ||
      ftruncate(file.descriptor_, static_cast<off_t>(map.size_bytes())) != 0)
    return std::nullopt;
  const void* const mapped = mmap(map.base(), map.size_bytes(), PROT_READ | PROT_EXEC,
                                  MAP_SHARED | MAP_FIXED, file.descriptor_, 0);
  if (mapped == MAP_FAILED) return std::nullopt;
  return file;
}

CodeFile::~CodeFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  files_in_use.fetch_sub(1);
}

bool CodeFile::is_of_this_process() const { return process_ == getpid(); }

Result<void> CodeFile::write(uint64_t offset, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = retry_interrupted([&] {
      return ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    if (count <= 0) return fail(ErrorCode::OutOfMemory);
    offset += static_cast<uint64_t>(count);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return {};
}

}  // namespace skerry::platform
