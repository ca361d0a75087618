// A temporary file beside the place, then MoveFileEx. What is below a user's own folders is closed
// to other users by inheritance, so private files need nothing more.
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "platform/io_error_win.h"
#include "platform/mapped_file.h"
#include "platform/random.h"
#include "platform/utf16_win.h"
#include "platform/whole_file.h"

namespace skerry::platform {
namespace {

constexpr size_t kMaxPrivateBytes = 64 << 10;
constexpr DWORD kMaxWriteBytes = 1 << 30;

Result<void> write_all(HANDLE file, std::span<const Bytes> parts) {
  for (Bytes part : parts) {
    while (!part.empty()) {
      const auto wanted = static_cast<DWORD>(std::min<size_t>(part.size(), kMaxWriteBytes));
      DWORD count = 0;
      if (!::WriteFile(file, part.data(), wanted, &count, nullptr)) return fail_last_os_error();
      part = part.subspan(count);
    }
  }
  return {};
}

Result<void> write_and_move(const std::string& path, std::span<const Bytes> parts, DWORD flags) {
  uint64_t number = 0;
  TRY(fill_random({reinterpret_cast<uint8_t*>(&number), sizeof(number)}));
  wchar_t suffix[32];
  std::swprintf(suffix, 32, L".%016llx.tmp", static_cast<unsigned long long>(number));
  const std::wstring place = to_wide(path), temporary = place + suffix;
  const HANDLE file = ::CreateFileW(temporary.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                    FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE) return fail_last_os_error();
  Result<void> done = write_all(file, parts);
  ::CloseHandle(file);
  if (done && !::MoveFileExW(temporary.c_str(), place.c_str(), flags)) done = fail_last_os_error();
  if (!done) ::DeleteFileW(temporary.c_str());
  return done;
}

}  // namespace

Result<void> write_file(const std::string& path, std::span<const Bytes> parts, Access) {
  return write_and_move(path, parts, MOVEFILE_REPLACE_EXISTING);
}

Result<void> create_private_file(const std::string& path, Bytes bytes) {
  return write_and_move(path, std::span(&bytes, 1), 0);
}

Result<std::vector<uint8_t>> read_private_file(const std::string& path) {
  const auto file = TRY(MappedFile::open(path));
  const Bytes bytes = file->bytes().first(std::min(file->bytes().size(), kMaxPrivateBytes));
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

Result<void> make_private_folder(const std::string& path) {
  const std::wstring wide = to_wide(path);
  for (size_t end = wide.find_first_of(L"/\\");; end = wide.find_first_of(L"/\\", end + 1)) {
    const std::wstring folder = wide.substr(0, end);
    if (!folder.empty() && !folder.ends_with(L':') &&
        !::CreateDirectoryW(folder.c_str(), nullptr)) {
      const DWORD error = ::GetLastError();
      if (::GetFileAttributesW(folder.c_str()) == INVALID_FILE_ATTRIBUTES) return fail_win32(error);
    }
    if (end == std::wstring::npos) return {};
  }
}

}  // namespace skerry::platform
