// Conversions by the system's own functions.
#include "platform/utf16_win.h"

#include <windows.h>

namespace skerry::platform {

std::wstring to_wide(std::string_view utf8) {
  if (utf8.empty()) return {};
  const int in_length = static_cast<int>(utf8.size());
  const int length = ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), in_length, nullptr, 0);
  std::wstring wide(static_cast<size_t>(length), L'\0');
  ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), in_length, wide.data(), length);
  return wide;
}

std::string to_utf8(std::wstring_view wide) {
  if (wide.empty()) return {};
  const int in_length = static_cast<int>(wide.size());
  const int length =
      ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), in_length, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<size_t>(length), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), in_length, utf8.data(), length, nullptr, nullptr);
  return utf8;
}

}  // namespace skerry::platform
