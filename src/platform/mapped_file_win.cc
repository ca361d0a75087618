// Mapped files with CreateFileMapping.
#include <windows.h>

#include "platform/io_error.h"
#include "platform/mapped_file.h"
#include "platform/utf16_win.h"

namespace skerry::platform {
namespace {

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

HANDLE open_file(const std::wstring& path, DWORD access, DWORD sharing) {
  return ::CreateFileW(path.c_str(), access, sharing, nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL,
                       nullptr);
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  constexpr DWORD kReaders = FILE_SHARE_READ | FILE_SHARE_DELETE;
  const std::wstring wide = to_wide(path);
  std::shared_ptr<MappedFile> result(new MappedFile);
  // As long as it is open, nobody may open it for writing. If somebody has, share with them.
  HANDLE file = open_file(wide, GENERIC_READ | GENERIC_EXECUTE, kReaders);
  result->only_we_can_write_ = file != INVALID_HANDLE_VALUE;
  if (file == INVALID_HANDLE_VALUE)
    file = open_file(wide, GENERIC_READ, kReaders | FILE_SHARE_WRITE);
  if (file == INVALID_HANDLE_VALUE) return os_error();
  result->file_ = file;
  LARGE_INTEGER large{};
  const bool is_disk = ::GetFileType(file) == FILE_TYPE_DISK;
  if (is_disk && !::GetFileSizeEx(file, &large)) return os_error();
  const auto size = static_cast<uint64_t>(large.QuadPart);
  if (size <= kReadWholeBytes) {
    auto read = read_all(file, size, result->read_);
    ::CloseHandle(std::exchange(result->file_, nullptr));
    if (!read) return std::unexpected(read.error());
    result->bytes_ = result->read_;
    result->only_we_can_write_ = true;
    return result;
  }
  result->section_ = ::CreateFileMappingW(
      file, nullptr, result->only_we_can_write_ ? PAGE_EXECUTE_READ : PAGE_READONLY, 0, 0, nullptr);
  if (result->section_ == nullptr)
    result->section_ = ::CreateFileMappingW(file, nullptr, PAGE_READONLY, 0, 0, nullptr);
  if (result->section_ == nullptr) return os_error();
  void* const view = ::MapViewOfFile(result->section_, FILE_MAP_READ, 0, 0, 0);
  if (view == nullptr) return os_error();
  result->bytes_ = {static_cast<const uint8_t*>(view), size};
  return result;
}

Result<ExecutableMap> MappedFile::executable(uint64_t offset, uint64_t bytes) const {
  const bool is_inside = offset <= bytes_.size() && bytes <= bytes_.size() - offset;
  if (section_ == nullptr || !is_inside || bytes == 0 || offset % kExecutableAlignment != 0)
    return fail_io(IoError::Invalid);
  void* const view =
      ::MapViewOfFile(section_, FILE_MAP_READ | FILE_MAP_EXECUTE, static_cast<DWORD>(offset >> 32),
                      static_cast<DWORD>(offset), bytes);
  if (view == nullptr) return os_error();
  return ExecutableMap(static_cast<const uint8_t*>(view), bytes);
}

// A view cannot take the place of pages that VirtualAlloc gave.
Result<bool> MappedFile::lay_over(std::span<uint8_t>, uint64_t) const { return false; }

ExecutableMap::~ExecutableMap() {
  if (begin_ != nullptr) ::UnmapViewOfFile(begin_);
}

MappedFile::~MappedFile() {
  if (read_.empty() && !bytes_.empty()) ::UnmapViewOfFile(bytes_.data());
  if (section_ != nullptr) ::CloseHandle(section_);
  if (file_ != nullptr) ::CloseHandle(file_);
}

}  // namespace skerry::platform
