// DynamicLibrary on Windows: LoadLibraryEx without the current folder in the search path.
#include "platform/dynamic_library.h"

#include <windows.h>

#include "platform/utf16_win.h"

namespace skerry::platform {
namespace {

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

Result<DynamicLibrary> DynamicLibrary::load(const std::string& path, uint32_t flags) {
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

Result<DynamicLibrary> DynamicLibrary::open(const std::string& path) {
  const bool has_folder = path.find_first_of("/\\") != std::string::npos;
  // With a folder: what the library itself needs is looked for beside it.
  const bool is_absolute = path.size() > 2 && path[1] == ':';
  DWORD flags = LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
  if (has_folder && is_absolute) flags |= LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR;
  if (has_folder && !is_absolute) flags = LOAD_WITH_ALTERED_SEARCH_PATH;
  return load(path, flags);
}

Result<DynamicLibrary> DynamicLibrary::open_system(const std::string& name) {
  return load(name, LOAD_LIBRARY_SEARCH_SYSTEM32);
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

bool DynamicLibrary::is_windows() { return true; }

uint32_t thread_error() { return GetLastError(); }
void set_thread_error(uint32_t error) { SetLastError(error); }

}  // namespace skerry::platform
