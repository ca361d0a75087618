// DynamicLibrary on Windows: LoadLibraryEx without the current folder in the search path.
#include "platform/dynamic_library.h"

#include <windows.h>

namespace skerry::platform {
namespace {

std::wstring to_wide(const std::string& text) {
  const int length =
      MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
  std::wstring wide(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), wide.data(), length);
  return wide;
}

std::string& last_error_text() {
  thread_local std::string text;
  return text;
}

std::string describe(DWORD error) {
  char* message = nullptr;
  const DWORD length = FormatMessageA(
      FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
      nullptr, error, 0, reinterpret_cast<char*>(&message), 0, nullptr);
  std::string text(message != nullptr ? message : "", length);
  LocalFree(message);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

Result<DynamicLibrary> DynamicLibrary::open(const std::string& path) {
  const bool has_folder = path.find_first_of("/\\") != std::string::npos;
  // With a folder: what the library itself needs is looked for beside it.
  const DWORD flags = has_folder ? LOAD_WITH_ALTERED_SEARCH_PATH : LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
  std::wstring wide = to_wide(path);
  for (wchar_t& c : wide)
    if (c == L'/') c = L'\\';
  HMODULE handle = LoadLibraryExW(wide.c_str(), nullptr, flags);
  if (handle != nullptr) return DynamicLibrary(reinterpret_cast<void*>(handle));
  const DWORD error = GetLastError();
  last_error_text() = describe(error);
  const bool missing = error == ERROR_MOD_NOT_FOUND || error == ERROR_FILE_NOT_FOUND;
  return fail(missing ? ErrorCode::FileNotFound : ErrorCode::OsError, kNoPosition, error);
}

void* DynamicLibrary::symbol(const char* name) const {
  if (handle_ == nullptr) return nullptr;
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(handle_), name));
}

void DynamicLibrary::close() {
  if (handle_ != nullptr) FreeLibrary(static_cast<HMODULE>(handle_));
  handle_ = nullptr;
}

std::string DynamicLibrary::last_error() { return last_error_text(); }

}  // namespace skerry::platform
