// Mapped files with CreateFileMapping.
#include <windows.h>

#include "platform/io_error.h"
#include "platform/mapped_file.h"
#include "platform/utf16_win.h"

namespace skerry::platform {
namespace {

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  ~Handle() {
    if (is_open()) ::CloseHandle(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  bool is_open() const { return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

std::unexpected<Error> os_error() {
  const DWORD error = ::GetLastError();
  const bool is_absent =
      error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND || error == ERROR_INVALID_NAME;
  if (is_absent) return fail(ErrorCode::FileNotFound, kNoPosition, error);
  return fail_last_os_error();
}

Result<void> read_all(HANDLE file, uint64_t expected_bytes, std::vector<uint8_t>& out) {
  size_t used = 0;
  out.resize(expected_bytes + 1);
  for (;;) {
    if (used == out.size()) out.resize(out.size() * 2 + 65536);
    DWORD count = 0;
    if (!::ReadFile(file, out.data() + used, static_cast<DWORD>(out.size() - used), &count,
                    nullptr)) {
      if (::GetLastError() == ERROR_BROKEN_PIPE) break;  // how a pipe says end
      return os_error();
    }
    if (count == 0) break;
    used += count;
    if (used > kMaxStreamBytes) return fail_io(IoError::FileTooLarge);
  }
  out.resize(used);
  return {};
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  const Handle file(::CreateFileW(to_wide(path).c_str(), GENERIC_READ,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file.is_open()) return os_error();
  LARGE_INTEGER large{};
  const bool is_disk = ::GetFileType(file.get()) == FILE_TYPE_DISK;
  if (is_disk && !::GetFileSizeEx(file.get(), &large)) return os_error();
  std::shared_ptr<MappedFile> result(new MappedFile);
  const auto size = static_cast<uint64_t>(large.QuadPart);
  if (size <= kReadWholeBytes) {
    if (auto read = read_all(file.get(), size, result->read_); !read)
      return std::unexpected(read.error());
    result->bytes_ = result->read_;
    return result;
  }
  const Handle mapping(::CreateFileMappingW(file.get(), nullptr, PAGE_READONLY, 0, 0, nullptr));
  if (!mapping.is_open()) return os_error();
  // The view keeps the mapping alive.
  void* const view = ::MapViewOfFile(mapping.get(), FILE_MAP_READ, 0, 0, 0);
  if (view == nullptr) return os_error();
  result->bytes_ = {static_cast<const uint8_t*>(view), size};
  return result;
}

MappedFile::~MappedFile() {
  if (read_.empty() && !bytes_.empty()) ::UnmapViewOfFile(bytes_.data());
}

}  // namespace skerry::platform
