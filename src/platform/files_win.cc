// Files on Windows: synchronous handles. The kernel keeps the position; reading elsewhere moves it,
// so it is put back. Pipes are asked before they are read; writing to a full pipe waits, since
// there is no way to ask.
#include "platform/files.h"

#include <algorithm>

#include "platform/console_win.h"
#include "platform/file_times_win.h"
#include "platform/io_error_win.h"
#include "platform/nt_win.h"
#include "platform/socket_system.h"

namespace skerry::platform {
namespace {

HANDLE handle_of(const File& file) { return to_handle(file.native()); }

bool fits_offset(uint64_t offset) { return offset <= static_cast<uint64_t>(INT64_MAX); }

constexpr uint64_t kAtEnd = ~uint64_t{0};

OVERLAPPED at_offset(uint64_t offset) {
  OVERLAPPED place{};
  place.Offset = static_cast<DWORD>(offset);
  place.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return place;
}

// One slice; `offset` absent: at the position.
Result<size_t> read_slice(HANDLE handle, const IoSlice& slice, const uint64_t* offset) {
  OVERLAPPED place = at_offset(offset ? *offset : 0);
  const auto wanted = static_cast<DWORD>(std::min<size_t>(slice.size_bytes, 1u << 30));
  DWORD count = 0;
  if (ReadFile(handle, slice.data, wanted, &count, offset ? &place : nullptr)) return count;
  const DWORD code = GetLastError();
  if (code == ERROR_HANDLE_EOF || code == ERROR_BROKEN_PIPE) return size_t{0};
  if (code == ERROR_ACCESS_DENIED) return fail_io(IoError::BadDescriptor, code);
  return fail_win32(code);
}

Result<size_t> write_slice(HANDLE handle, const IoSlice& slice, const uint64_t* offset) {
  OVERLAPPED place = at_offset(offset ? *offset : 0);
  const auto wanted = static_cast<DWORD>(std::min<size_t>(slice.size_bytes, 1u << 30));
  DWORD count = 0;
  if (WriteFile(handle, slice.data, wanted, &count, offset ? &place : nullptr)) return count;
  const DWORD code = GetLastError();
  if (code == ERROR_ACCESS_DENIED) return fail_io(IoError::BadDescriptor, code);
  return fail_win32(code);
}

// Slice after slice until one comes short. What has been done before an error counts.
template <class Transfer>
Result<size_t> each_slice(std::span<const IoSlice> slices, Transfer transfer) {
  size_t total = 0;
  for (const IoSlice& slice : slices) {
    if (slice.size_bytes == 0) continue;
    const Result<size_t> count = transfer(slice, total);
    if (!count) {
      if (total != 0) return total;
      return count;
    }
    total += *count;
    if (*count < slice.size_bytes) break;
  }
  return total;
}

// Puts the position back at the end.
class KeptPosition {
 public:
  explicit KeptPosition(HANDLE handle) : handle_(handle) {
    SetFilePointerEx(handle, LARGE_INTEGER{}, &position_, FILE_CURRENT);
  }
  ~KeptPosition() { SetFilePointerEx(handle_, position_, nullptr, FILE_BEGIN); }
  KeptPosition(const KeptPosition&) = delete;
  KeptPosition& operator=(const KeptPosition&) = delete;

 private:
  HANDLE handle_;
  LARGE_INTEGER position_{};
};

Result<FileType> type_of_handle(HANDLE handle) {
  switch (GetFileType(handle)) {
    case FILE_TYPE_CHAR: return FileType::CharacterDevice;
    case FILE_TYPE_PIPE: return FileType::Pipe;
    case FILE_TYPE_DISK: break;
    default: return fail_io(IoError::BadDescriptor, GetLastError());
  }
  BY_HANDLE_FILE_INFORMATION info;
  // A file on disk that cannot be asked (under wine, one that a Unix shell redirected to) can still
  // be read and written.
  if (!GetFileInformationByHandle(handle, &info)) return FileType::Regular;
  const LinkKind link = TRY(link_kind_of(handle));
  if (link != LinkKind::None) return FileType::Symlink;
  const bool is_directory = (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  return is_directory ? FileType::Directory : FileType::Regular;
}

int64_t ticks_of_change(TimeChange change) {
  switch (change.kind) {
    case TimeChange::Keep: return 0;
    case TimeChange::Set: return ticks_of_unix_ns(change.time_ns);
    case TimeChange::Now: break;
  }
  FILETIME now;
  GetSystemTimePreciseAsFileTime(&now);
  return static_cast<int64_t>(static_cast<uint64_t>(now.dwHighDateTime) << 32 | now.dwLowDateTime);
}

}  // namespace

Result<File> File::adopt(NativeHandle handle, Ownership ownership, bool append) {
  File file;
  file.handle_ = handle;
  file.ownership_ = ownership;
  file.append_ = append;
  file.type_ = TRY(type_of_handle(to_handle(handle)));
  if (file.type_ == FileType::CharacterDevice && is_console(to_handle(handle)))
    file.console_ = make_console_state();
  return file;
}

File File::of_socket(NativeHandle handle, FileType type) {
  File file;
  file.handle_ = handle;
  file.type_ = type;
  return file;
}

Result<File> File::open_null() {
  const HANDLE handle =
      CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                  OPEN_EXISTING, 0, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return fail_last_os_error();
  return adopt(to_native(handle), Ownership::Owned);
}

File::~File() {
  if (!is_open() || ownership_ == Ownership::Borrowed) return;
  if (is_socket())
    closesocket(system_socket(*this));
  else
    CloseHandle(to_handle(handle_));
}

Result<size_t> File::read(std::span<const IoSlice> slices) const {
  if (is_socket()) return read_socket(*this, slices);
  if (console_) return read_console(handle_of(*this), *console_, slices);
  if (type_ == FileType::Pipe) {
    DWORD available = 0;
    if (!PeekNamedPipe(handle_of(*this), nullptr, 0, nullptr, &available, nullptr)) {
      const DWORD code = GetLastError();
      if (code == ERROR_BROKEN_PIPE) return size_t{0};
      // Not a pipe after all, but a socket, a handle only for writing, or (under wine) a Unix pipe:
      // reading will tell.
      if (code != ERROR_INVALID_FUNCTION && code != ERROR_ACCESS_DENIED &&
          code != ERROR_NOT_SUPPORTED)
        return fail_win32(code);
    } else if (available == 0) {
      return fail_io(IoError::WouldBlock);
    } else {
      // No more than is there: the rest of the list would wait.
      size_t left = available;
      return each_slice(slices, [&](IoSlice slice, size_t) -> Result<size_t> {
        slice.size_bytes = std::min(slice.size_bytes, left);
        if (slice.size_bytes == 0) return size_t{0};
        const size_t count = TRY(read_slice(handle_of(*this), slice, nullptr));
        left -= count;
        return count;
      });
    }
  }
  return each_slice(slices, [&](const IoSlice& slice, size_t) {
    return read_slice(handle_of(*this), slice, nullptr);
  });
}

Result<size_t> File::write(std::span<const IoSlice> slices) const {
  if (is_socket()) return write_socket(*this, slices);
  if (console_) return write_console(handle_of(*this), *console_, slices);
  const uint64_t end = kAtEnd;
  return each_slice(slices, [&](const IoSlice& slice, size_t) {
    return write_slice(handle_of(*this), slice, append_ ? &end : nullptr);
  });
}

Result<size_t> File::read_at(std::span<const IoSlice> slices, uint64_t offset) const {
  if (!fits_offset(offset)) return fail_io(IoError::Invalid);
  if (is_stream()) return fail_io(IoError::NotSeekable);
  const KeptPosition kept(handle_of(*this));
  return each_slice(slices, [&](const IoSlice& slice, size_t done) {
    const uint64_t at = offset + done;
    return read_slice(handle_of(*this), slice, &at);
  });
}

Result<size_t> File::write_at(std::span<const IoSlice> slices, uint64_t offset) const {
  if (!fits_offset(offset)) return fail_io(IoError::Invalid);
  if (is_stream()) return fail_io(IoError::NotSeekable);
  const KeptPosition kept(handle_of(*this));
  return each_slice(slices, [&](const IoSlice& slice, size_t done) {
    const uint64_t at = offset + done;
    return write_slice(handle_of(*this), slice, &at);
  });
}

Result<uint64_t> File::seek(int64_t offset, Whence whence) const {
  constexpr DWORD kWhence[] = {FILE_BEGIN, FILE_CURRENT, FILE_END};
  if (is_stream()) return fail_io(IoError::NotSeekable);
  LARGE_INTEGER distance, position;
  distance.QuadPart = offset;
  if (!SetFilePointerEx(handle_of(*this), distance, &position,
                        kWhence[static_cast<size_t>(whence)]))
    return fail_last_os_error();
  return static_cast<uint64_t>(position.QuadPart);
}

Result<FileStat> File::stat() const {
  FileStat stat{.type = type_};
  if (is_stream() && type_ != FileType::Symlink) return stat;
  BY_HANDLE_FILE_INFORMATION info;
  FILE_BASIC_INFO basic;
  if (!GetFileInformationByHandle(handle_of(*this), &info) ||
      !GetFileInformationByHandleEx(handle_of(*this), FileBasicInfo, &basic, sizeof(basic)))
    return fail_last_os_error();
  stat.device = info.dwVolumeSerialNumber;
  stat.inode = static_cast<uint64_t>(info.nFileIndexHigh) << 32 | info.nFileIndexLow;
  stat.link_count = info.nNumberOfLinks;
  stat.size_bytes = static_cast<uint64_t>(info.nFileSizeHigh) << 32 | info.nFileSizeLow;
  stat.access_ns = unix_ns_of_ticks(basic.LastAccessTime.QuadPart);
  stat.modify_ns = unix_ns_of_ticks(basic.LastWriteTime.QuadPart);
  stat.change_ns = unix_ns_of_ticks(basic.ChangeTime.QuadPart);
  return stat;
}

Result<void> File::set_size(uint64_t size_bytes) const {
  if (!fits_offset(size_bytes)) return fail_io(IoError::Invalid);
  FILE_END_OF_FILE_INFO info;
  info.EndOfFile.QuadPart = static_cast<int64_t>(size_bytes);
  if (!SetFileInformationByHandle(handle_of(*this), FileEndOfFileInfo, &info, sizeof(info))) {
    const DWORD code = GetLastError();
    // A handle only for reading: POSIX says invalid.
    if (code == ERROR_ACCESS_DENIED) return fail_io(IoError::Invalid, code);
    return fail_win32(code);
  }
  return {};
}

Result<void> File::set_times(TimeChange access, TimeChange modify) const {
  FILE_BASIC_INFO info{};  // 0: keep
  info.LastAccessTime.QuadPart = ticks_of_change(access);
  info.LastWriteTime.QuadPart = ticks_of_change(modify);
  if (!SetFileInformationByHandle(handle_of(*this), FileBasicInfo, &info, sizeof(info)))
    return fail_last_os_error();
  return {};
}

Result<void> File::allocate(uint64_t offset, uint64_t length) const {
  if (length == 0 || !fits_offset(offset) || !fits_offset(length)) return fail_io(IoError::Invalid);
  const uint64_t end = offset + length;
  if (!fits_offset(end)) return fail_io(IoError::FileTooLarge);
  // A file's bytes up to its end have their place on the disk (unless it is a sparse file).
  const FileStat now = TRY(stat());
  return end > now.size_bytes ? set_size(end) : Result<void>();
}

// Windows takes such hints only when a file is opened.
Result<void> File::advise(uint64_t offset, uint64_t length, Advice) const {
  if (!fits_offset(offset) || !fits_offset(length)) return fail_io(IoError::Invalid);
  if (is_stream()) return fail_io(IoError::NotSeekable);
  return {};
}

Result<void> File::sync() const {
  if (is_stream()) return fail_io(IoError::Invalid);
  if (FlushFileBuffers(handle_of(*this))) return {};
  const DWORD code = GetLastError();
  // A handle only for reading, or a directory: nothing of ours waits to be written.
  if (code == ERROR_ACCESS_DENIED || type_ == FileType::Directory) return {};
  return fail_win32(code);
}
Result<void> File::data_sync() const { return sync(); }

Result<void> File::set_append(bool append) {
  if (append == append_) return {};
  if (ownership_ == Ownership::Borrowed) return fail_io(IoError::NotSupported);
  append_ = append;
  return {};
}

Result<File> standard_file(StandardStream stream) {
  constexpr DWORD kHandles[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  const HANDLE handle = GetStdHandle(kHandles[static_cast<size_t>(stream)]);
  if (handle == nullptr || handle == INVALID_HANDLE_VALUE) return fail_io(IoError::BadDescriptor);
  return File::adopt(to_native(handle), File::Ownership::Borrowed);
}

}  // namespace skerry::platform
