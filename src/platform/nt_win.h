// The calls of ntdll that open names relative to a directory handle, which Win32 does not offer,
// and the records they take. Not for rooms other than platform.
#pragma once

#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winioctl.h>
#include <winternl.h>

#include <string_view>

#include "base/result.h"
#include "platform/files.h"

namespace skerry::platform {

inline HANDLE to_handle(NativeHandle handle) { return reinterpret_cast<HANDLE>(handle); }
inline NativeHandle to_native(HANDLE handle) { return reinterpret_cast<NativeHandle>(handle); }

// A handle that is closed at the end unless it is taken.
class OwnedHandle {
 public:
  explicit OwnedHandle(HANDLE handle) : handle_(handle) {}
  OwnedHandle(OwnedHandle&& other) noexcept : handle_(other.take()) {}
  OwnedHandle& operator=(OwnedHandle&&) = delete;
  ~OwnedHandle() {
    if (handle_) CloseHandle(handle_);
  }
  HANDLE get() const { return handle_; }
  HANDLE take() {
    const HANDLE handle = handle_;
    handle_ = nullptr;
    return handle;
  }

 private:
  HANDLE handle_;
};

struct NtOpen {
  ACCESS_MASK access = FILE_READ_ATTRIBUTES;
  ULONG disposition = FILE_OPEN;
  ULONG options = 0;  // synchronous and "open the link itself" are added
};
// Opens a name in a directory; an empty name opens the directory itself again.
Result<OwnedHandle> nt_open(HANDLE directory, std::wstring_view name, const NtOpen& how);

// What a reparse point is to us: absent for ordinary files, and for those whose point only says how
// their data is kept. Both kinds of link name something else.
enum class LinkKind : uint8_t { None, Symlink, Junction, Other };
LinkKind link_kind_of_tag(DWORD tag);
Result<LinkKind> link_kind_of(HANDLE handle);

// Records of ntdll that differ between header versions.
struct NtRenameRecord {  // FileRenameInformation(Ex), FileLinkInformation
  ULONG flags;           // or just "replace" in its low byte
  HANDLE directory;
  ULONG name_bytes;
  WCHAR name[1];
};
inline constexpr int kNtRename = 10, kNtLink = 11, kNtRenameEx = 65;

// Older headers keep it back.
inline constexpr auto kFileDispositionInfoEx = static_cast<FILE_INFO_BY_HANDLE_CLASS>(21);

// REPARSE_DATA_BUFFER with a symbolic link or a junction in it.
struct NtReparseRecord {
  ULONG tag;
  USHORT data_bytes;
  USHORT reserved;
  USHORT target_offset, target_bytes;  // in bytes, from the text's start
  USHORT shown_offset, shown_bytes;
};
inline constexpr size_t kReparseHeadBytes = 8;
// A symbolic link has flags between the record and the text; a junction does not.
inline constexpr size_t kSymlinkTextOffset = sizeof(NtReparseRecord) + sizeof(ULONG);
inline constexpr ULONG kSymlinkIsRelative = 1;

}  // namespace skerry::platform
