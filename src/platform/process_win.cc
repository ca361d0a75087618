// Arguments and environment as Windows has them: UTF-16.
#include "platform/process.h"

#include <windows.h>
// windows.h comes first: shellapi.h needs its types.
#include <shellapi.h>

#include "platform/utf16_win.h"

namespace skerry::platform {

std::vector<std::string> command_args(int argc, char** argv) {
  // main's argv is in the local code page; the command line itself is UTF-16.
  int count = 0;
  wchar_t** const words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  if (words == nullptr)
    return argc > 0 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>();
  std::vector<std::string> result;
  for (int i = 1; i < count; ++i) result.push_back(to_utf8(words[i]));
  ::LocalFree(words);
  return result;
}

uint64_t process_id() { return ::GetCurrentProcessId(); }

std::optional<std::string> environment_variable(const std::string& name) {
  const std::wstring wide_name = to_wide(name);
  ::SetLastError(ERROR_SUCCESS);
  const DWORD size = ::GetEnvironmentVariableW(wide_name.c_str(), nullptr, 0);
  if (size == 0)
    return ::GetLastError() == ERROR_SUCCESS ? std::optional<std::string>("") : std::nullopt;
  std::wstring value(size, L'\0');
  const DWORD length = ::GetEnvironmentVariableW(wide_name.c_str(), value.data(), size);
  value.resize(length);
  return to_utf8(value);
}

namespace {

std::string folder_of(HMODULE module) {
  std::wstring path(32768, L'\0');
  const DWORD length = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
  if (length == 0 || length == path.size()) return {};
  path.resize(length);
  return to_utf8(path.substr(0, path.rfind(L'\\')));
}

}  // namespace

std::string program_folder() { return folder_of(nullptr); }

std::string code_folder() {
  HMODULE module = nullptr;
  constexpr DWORD kFlags =
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
  if (!GetModuleHandleExW(kFlags, reinterpret_cast<LPCWSTR>(&code_folder), &module)) return {};
  return folder_of(module);
}

}  // namespace skerry::platform
