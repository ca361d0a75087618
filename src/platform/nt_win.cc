// Opening names relative to a directory handle, and telling links from files.
#include "platform/nt_win.h"

#include "platform/io_error_win.h"

namespace skerry::platform {

Result<OwnedHandle> nt_open(HANDLE directory, std::wstring_view name, const NtOpen& how) {
  UNICODE_STRING text;
  text.Buffer = const_cast<wchar_t*>(name.data());
  text.Length = text.MaximumLength = static_cast<USHORT>(name.size() * sizeof(wchar_t));
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, &text, OBJ_CASE_INSENSITIVE, directory, nullptr);
  IO_STATUS_BLOCK answer;
  HANDLE handle = nullptr;
  const NTSTATUS status = NtCreateFile(
      &handle, how.access | SYNCHRONIZE, &attributes, &answer, nullptr, FILE_ATTRIBUTE_NORMAL,
      FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, how.disposition,
      how.options | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT, nullptr, 0);
  if (status < 0) return fail_nt(status);
  return OwnedHandle(handle);
}

LinkKind link_kind_of_tag(DWORD tag) {
  if (tag == IO_REPARSE_TAG_SYMLINK) return LinkKind::Symlink;
  if (tag == IO_REPARSE_TAG_MOUNT_POINT) return LinkKind::Junction;
  return IsReparseTagNameSurrogate(tag) ? LinkKind::Other : LinkKind::None;
}

Result<LinkKind> link_kind_of(HANDLE handle) {
  FILE_ATTRIBUTE_TAG_INFO info{};
  if (!GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &info, sizeof(info))) {
    // File systems without reparse points do not know the question.
    const DWORD code = GetLastError();
    if (code == ERROR_INVALID_PARAMETER || code == ERROR_NOT_SUPPORTED) return LinkKind::None;
    return fail_win32(code);
  }
  if ((info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) return LinkKind::None;
  return link_kind_of_tag(info.ReparseTag);
}

}  // namespace skerry::platform
