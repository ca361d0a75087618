// Directories on Windows: names are opened by ntdll, relative to a handle and without following
// reparse points. So neither drive letters nor `..` nor devices mean anything in them; what Win32
// would read into a name is refused besides.
#include "platform/directory.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <cwctype>

#include "base/bytes.h"
#include "platform/io_error_win.h"
#include "platform/nt_win.h"
#include "platform/utf16_win.h"

namespace skerry::platform {
namespace {

constexpr size_t kMaxNameUnits = 255;
constexpr ACCESS_MASK kWalkAccess = FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES;

HANDLE handle_of(const Dir& dir) { return to_handle(dir.file().native()); }

std::wstring wide_name(std::string_view name) {
  assert(!name.empty() && name != "." && name != "..");
  return to_wide(name);
}

// With the right to change times, which POSIX does not ask of who opens, if it is to be had.
Result<OwnedHandle> open_with_times(HANDLE directory, std::wstring_view name, NtOpen how) {
  how.access |= FILE_WRITE_ATTRIBUTES;
  auto opened = nt_open(directory, name, how);
  if (opened || !is_io_error(opened.error(), IoError::Access)) return opened;
  how.access &= ~static_cast<ACCESS_MASK>(FILE_WRITE_ATTRIBUTES);
  return nt_open(directory, name, how);
}

Result<Dir> adopt_directory(OwnedHandle handle) {
  File file = TRY(File::adopt(to_native(handle.take()), File::Ownership::Owned));
  if (file.type() == FileType::Symlink) return fail_io(IoError::Loop);
  if (file.type() != FileType::Directory) return fail_io(IoError::NotDirectory);
  return Dir(std::move(file));
}

// A name opened to be removed or renamed.
struct Opened {
  OwnedHandle handle;
  LinkKind link;
  bool is_directory;  // a link to a directory is one for Windows, too
  bool acts_as_directory() const { return is_directory && link == LinkKind::None; }
};
Result<Opened> open_entry(HANDLE directory, std::string_view name, ACCESS_MASK access) {
  OwnedHandle handle =
      TRY(nt_open(directory, wide_name(name), {.access = access | FILE_READ_ATTRIBUTES}));
  BY_HANDLE_FILE_INFORMATION info;
  if (!GetFileInformationByHandle(handle.get(), &info)) return fail_last_os_error();
  const LinkKind link = TRY(link_kind_of(handle.get()));
  return Opened{std::move(handle), link, (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0};
}

// As POSIX: the name is gone at once, though others have the file open, where the system can.
Result<void> remove_opened(HANDLE handle) {
  FILE_DISPOSITION_INFO_EX posix{};
  posix.Flags = FILE_DISPOSITION_FLAG_DELETE | FILE_DISPOSITION_FLAG_POSIX_SEMANTICS |
                FILE_DISPOSITION_FLAG_IGNORE_READONLY_ATTRIBUTE;
  if (SetFileInformationByHandle(handle, kFileDispositionInfoEx, &posix, sizeof(posix))) return {};
  if (GetLastError() == ERROR_DIR_NOT_EMPTY) return fail_last_os_error();
  FILE_DISPOSITION_INFO plain{};
  plain.DeleteFile = TRUE;
  if (SetFileInformationByHandle(handle, FileDispositionInfo, &plain, sizeof(plain))) return {};
  return fail_last_os_error();
}

// Renames or links an open file to a name in a directory.
Result<void> set_name(HANDLE handle, int information, ULONG flags, HANDLE directory,
                      std::wstring_view name) {
  std::vector<uint8_t> bytes(sizeof(NtRenameRecord) + name.size() * sizeof(wchar_t));
  auto* const record = reinterpret_cast<NtRenameRecord*>(bytes.data());
  record->flags = flags;
  record->directory = directory;
  record->name_bytes = static_cast<ULONG>(name.size() * sizeof(wchar_t));
  std::memcpy(record->name, name.data(), record->name_bytes);
  IO_STATUS_BLOCK answer;
  const NTSTATUS status =
      NtSetInformationFile(handle, &answer, record, static_cast<ULONG>(bytes.size()),
                           static_cast<FILE_INFORMATION_CLASS>(information));
  if (status < 0) return fail_nt(status);
  return {};
}

Result<FileStat> stat_of(OwnedHandle handle) {
  const File file = TRY(File::adopt(to_native(handle.take()), File::Ownership::Owned));
  return file.stat();
}

}  // namespace

Result<void> check_name(std::string_view name) {
  if (!is_utf8({reinterpret_cast<const uint8_t*>(name.data()), name.size()}))
    return fail_io(IoError::IllegalSequence);
  const std::wstring wide = to_wide(name);
  if (wide.size() > kMaxNameUnits) return fail_io(IoError::NameTooLong);
  for (wchar_t unit : wide)
    if (unit < 32 || std::wcschr(L"<>:\"/\\|?*", unit)) return fail_io(IoError::Invalid);
  if (wide.ends_with(L'.') || wide.ends_with(L' ')) return fail_io(IoError::Invalid);
  // Devices, whatever follows the first dot: "nul.txt" is one, too.
  std::wstring stem = wide.substr(0, wide.find(L'.'));
  while (stem.ends_with(L' ')) stem.pop_back();
  for (wchar_t& unit : stem) unit = static_cast<wchar_t>(std::towupper(unit));
  constexpr std::array<std::wstring_view, 6> kDevices = {L"CON", L"PRN",    L"AUX",
                                                         L"NUL", L"CONIN$", L"CONOUT$"};
  bool is_device = std::find(kDevices.begin(), kDevices.end(), stem) != kDevices.end();
  if (stem.size() == 4 && (stem.starts_with(L"COM") || stem.starts_with(L"LPT")))
    is_device = std::wcschr(L"0123456789\u00b9\u00b2\u00b3", stem[3]) != nullptr;
  return is_device ? fail_io(IoError::Invalid) : Result<void>();
}

Result<Dir> Dir::open_host(const std::string& path) {
  std::wstring wide = to_wide(path);
  std::replace(wide.begin(), wide.end(), L'/', L'\\');
  if (wide.size() >= MAX_PATH - 12 && !wide.starts_with(L"\\\\")) {
    std::wstring full(32768, L'\0');
    full.resize(
        GetFullPathNameW(wide.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr));
    wide = L"\\\\?\\" + full;
  }
  const HANDLE handle = CreateFileW(wide.c_str(), kWalkAccess | SYNCHRONIZE,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return fail_last_os_error();
  return adopt_directory(OwnedHandle(handle));
}

Result<File> Dir::open(std::string_view name, const OpenOptions& options) const {
  const bool changes = options.write || options.truncate;
  NtOpen how;
  how.access = FILE_READ_ATTRIBUTES;
  if (options.read) how.access |= FILE_GENERIC_READ;
  if (changes) how.access |= FILE_GENERIC_WRITE;
  how.disposition = !options.create ? FILE_OPEN : options.exclusive ? FILE_CREATE : FILE_OPEN_IF;
  if (options.directory) how.options |= FILE_DIRECTORY_FILE;
  if (options.data_sync || options.full_sync) how.options |= FILE_WRITE_THROUGH;
  OwnedHandle handle = TRY(open_with_times(handle_of(*this), wide_name(name), how));
  if (TRY(link_kind_of(handle.get())) != LinkKind::None) return fail_io(IoError::Loop);
  File file = TRY(File::adopt(to_native(handle.take()), File::Ownership::Owned, options.append));
  if (file.type() == FileType::Directory && (changes || options.create))
    return fail_io(IoError::IsDirectory);
  // Only now that it is known to be no link.
  if (options.truncate) TRY(file.set_size(0));
  return file;
}

Result<Dir> Dir::open_for_walk(std::string_view name) const {
  return adopt_directory(TRY(nt_open(handle_of(*this), wide_name(name),
                                     {.access = kWalkAccess, .options = FILE_DIRECTORY_FILE})));
}

Result<File> Dir::reopen(const OpenOptions&) const {
  OwnedHandle handle = TRY(open_with_times(
      handle_of(*this), {}, {.access = kWalkAccess, .options = FILE_DIRECTORY_FILE}));
  return File::adopt(to_native(handle.take()), File::Ownership::Owned);
}

Result<Dir> Dir::duplicate() const { return Dir(TRY(reopen({}))); }

Result<FileStat> Dir::stat(std::string_view name) const {
  return stat_of(TRY(nt_open(handle_of(*this), wide_name(name), {})));
}

Result<void> Dir::set_times(std::string_view name, TimeChange access, TimeChange modify) const {
  OwnedHandle handle = TRY(nt_open(handle_of(*this), wide_name(name),
                                   {.access = FILE_WRITE_ATTRIBUTES | FILE_READ_ATTRIBUTES}));
  const File file = TRY(File::adopt(to_native(handle.take()), File::Ownership::Owned));
  return file.set_times(access, modify);
}

Result<void> Dir::create_directory(std::string_view name) const {
  TRY(nt_open(handle_of(*this), wide_name(name),
              {.disposition = FILE_CREATE, .options = FILE_DIRECTORY_FILE}));
  return {};
}

Result<void> Dir::remove_directory(std::string_view name) const {
  const Opened entry = TRY(open_entry(handle_of(*this), name, DELETE));
  if (!entry.acts_as_directory()) return fail_io(IoError::NotDirectory);
  return remove_opened(entry.handle.get());
}

Result<void> Dir::unlink(std::string_view name) const {
  const Opened entry = TRY(open_entry(handle_of(*this), name, DELETE));
  if (entry.acts_as_directory()) return fail_io(IoError::IsDirectory);
  return remove_opened(entry.handle.get());
}

Result<void> Dir::rename(std::string_view name, const Dir& to, std::string_view new_name) const {
  constexpr ULONG kReplace = 1, kPosix = 2, kIgnoreReadonly = 0x40;
  const Opened entry = TRY(open_entry(handle_of(*this), name, DELETE));
  const bool moves_directory = entry.acts_as_directory();
  if (const auto target = open_entry(handle_of(to), new_name, 0)) {
    if (target->acts_as_directory() && !moves_directory) return fail_io(IoError::IsDirectory);
    if (!target->acts_as_directory() && moves_directory) return fail_io(IoError::NotDirectory);
  }
  const std::wstring wide = wide_name(new_name);
  const auto attempt = [&]() -> Result<void> {
    auto result = set_name(entry.handle.get(), kNtRenameEx, kReplace | kPosix | kIgnoreReadonly,
                           handle_of(to), wide);
    // Older systems and file systems do not know the newer form.
    if (!result) result = set_name(entry.handle.get(), kNtRename, kReplace, handle_of(to), wide);
    return result;
  };
  auto result = attempt();
  // Invalid: into itself.
  if (result || !moves_directory || is_io_error(result.error(), IoError::Invalid)) return result;
  // Windows never puts a directory in another's place: an empty one is removed first. (Not in one
  // step, unlike POSIX; but what fails must leave it there.)
  const auto removed = to.remove_directory(new_name);
  if (removed) {
    result = attempt();
    if (!result) (void)to.create_directory(new_name);
    return result;
  }
  if (is_io_error(removed.error(), IoError::NotEmpty)) return fail_io(IoError::NotEmpty);
  return result;
}

Result<void> Dir::link(std::string_view name, const Dir& to, std::string_view new_name) const {
  const Opened entry = TRY(open_entry(handle_of(*this), name, FILE_WRITE_ATTRIBUTES));
  // Whether the new name is free is found out first, as POSIX does.
  if (open_entry(handle_of(to), new_name, 0)) return fail_io(IoError::Exists);
  if (entry.acts_as_directory()) return fail_io(IoError::NotPermitted);
  return set_name(entry.handle.get(), kNtLink, 0, handle_of(to), wide_name(new_name));
}

Result<void> Dir::symlink(std::string_view target, std::string_view name, bool to_directory) const {
  if (!is_utf8({reinterpret_cast<const uint8_t*>(target.data()), target.size()}))
    return fail_io(IoError::IllegalSequence);
  std::wstring text = to_wide(target);
  // What is no separator here could be one, or a drive, to Windows.
  if (text.find_first_of(L"\\:") != text.npos) return fail_io(IoError::Invalid);
  std::replace(text.begin(), text.end(), L'/', L'\\');
  const size_t text_bytes = text.size() * sizeof(wchar_t);
  const size_t data_bytes = kSymlinkTextOffset - kReparseHeadBytes + 2 * text_bytes;
  if (data_bytes > MAXIMUM_REPARSE_DATA_BUFFER_SIZE - kReparseHeadBytes)
    return fail_io(IoError::NameTooLong);

  OwnedHandle handle =
      TRY(nt_open(handle_of(*this), wide_name(name),
                  {.access = DELETE | FILE_WRITE_ATTRIBUTES | FILE_WRITE_DATA,
                   .disposition = FILE_CREATE,
                   .options = static_cast<ULONG>(to_directory ? FILE_DIRECTORY_FILE
                                                              : FILE_NON_DIRECTORY_FILE)}));
  std::vector<uint8_t> bytes(kReparseHeadBytes + data_bytes);
  const NtReparseRecord record{.tag = IO_REPARSE_TAG_SYMLINK,
                               .data_bytes = static_cast<USHORT>(data_bytes),
                               .reserved = 0,
                               .target_offset = 0,
                               .target_bytes = static_cast<USHORT>(text_bytes),
                               .shown_offset = static_cast<USHORT>(text_bytes),
                               .shown_bytes = static_cast<USHORT>(text_bytes)};
  std::memcpy(bytes.data(), &record, sizeof(record));
  std::memcpy(bytes.data() + sizeof(record), &kSymlinkIsRelative, sizeof(kSymlinkIsRelative));
  std::memcpy(bytes.data() + kSymlinkTextOffset, text.data(), text_bytes);
  std::memcpy(bytes.data() + kSymlinkTextOffset + text_bytes, text.data(), text_bytes);
  IO_STATUS_BLOCK answer;
  const NTSTATUS status =
      NtFsControlFile(handle.get(), nullptr, nullptr, nullptr, &answer, FSCTL_SET_REPARSE_POINT,
                      bytes.data(), static_cast<ULONG>(bytes.size()), nullptr, 0);
  if (status >= 0) return {};
  // An ordinary file must not stay behind. What went wrong first is what counts.
  (void)remove_opened(handle.get());
  return fail_nt(status);
}

Result<std::string> Dir::read_link(std::string_view name) const {
  const OwnedHandle handle = TRY(nt_open(handle_of(*this), wide_name(name), {}));
  const LinkKind kind = TRY(link_kind_of(handle.get()));
  if (kind == LinkKind::None) return fail_io(IoError::Invalid);
  // Junctions, and links of kinds we do not know, lead to absolute places.
  if (kind != LinkKind::Symlink) return std::string("/");
  alignas(8) uint8_t bytes[MAXIMUM_REPARSE_DATA_BUFFER_SIZE];
  IO_STATUS_BLOCK answer;
  const NTSTATUS status =
      NtFsControlFile(handle.get(), nullptr, nullptr, nullptr, &answer, FSCTL_GET_REPARSE_POINT,
                      nullptr, 0, bytes, sizeof(bytes));
  if (status < 0) return fail_nt(status);
  NtReparseRecord record;
  ULONG flags;
  const size_t length = answer.Information;
  if (length < kSymlinkTextOffset) return fail_io(IoError::Io);
  std::memcpy(&record, bytes, sizeof(record));
  std::memcpy(&flags, bytes + sizeof(record), sizeof(flags));
  if (kSymlinkTextOffset + record.target_offset + record.target_bytes > length)
    return fail_io(IoError::Io);
  std::wstring text(record.target_bytes / sizeof(wchar_t), L'\0');
  std::memcpy(text.data(), bytes + kSymlinkTextOffset + record.target_offset,
              text.size() * sizeof(wchar_t));
  std::replace(text.begin(), text.end(), L'\\', L'/');
  const bool is_relative =
      (flags & kSymlinkIsRelative) != 0 && !text.starts_with(L'/') && text.find(L':') == text.npos;
  return is_relative ? to_utf8(text) : "/" + to_utf8(text);
}

// The whole directory is read when the guest begins at 0: Windows has no cookies to go on from.
Result<void> DirReader::read_all(const Dir& dir) {
  entries_.clear();
  is_read_ = false;
  // A handle of its own begins at the start, whatever the system remembers for others.
  const File self = TRY(dir.reopen({.read = true, .directory = true}));
  const FileStat stat = TRY(self.stat());
  entries_.push_back({".", stat.inode, FileType::Directory});
  entries_.push_back({"..", 0, FileType::Directory});
  alignas(8) uint8_t bytes[32768];
  auto question = FileIdBothDirectoryRestartInfo;
  while (GetFileInformationByHandleEx(to_handle(self.native()), question, bytes, sizeof(bytes))) {
    question = FileIdBothDirectoryInfo;
    for (const uint8_t* at = bytes;;) {
      const auto* info = reinterpret_cast<const FILE_ID_BOTH_DIR_INFO*>(at);
      const std::string name = to_utf8({info->FileName, info->FileNameLength / sizeof(wchar_t)});
      const bool is_link = (info->FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
                           link_kind_of_tag(info->EaSize) != LinkKind::None;
      const bool is_directory = (info->FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
      if (name != "." && name != "..")
        entries_.push_back({name, static_cast<uint64_t>(info->FileId.QuadPart),
                            is_link        ? FileType::Symlink
                            : is_directory ? FileType::Directory
                                           : FileType::Regular});
      if (info->NextEntryOffset == 0) break;
      at += info->NextEntryOffset;
    }
  }
  const DWORD code = GetLastError();
  if (code != ERROR_NO_MORE_FILES && code != ERROR_FILE_NOT_FOUND) return fail_win32(code);
  is_read_ = true;
  return {};
}

Result<std::optional<DirEntry>> DirReader::entry_at(const Dir& dir, uint64_t cookie) {
  if (cookie == 0 || !is_read_) TRY(read_all(dir));
  if (cookie >= entries_.size()) {
    if (cookie > entries_.size()) return fail_io(IoError::Invalid);
    return std::nullopt;
  }
  const Entry& entry = entries_[cookie];
  return DirEntry{entry.name, entry.inode, entry.type, cookie + 1};
}

}  // namespace skerry::platform
