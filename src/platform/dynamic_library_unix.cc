// DynamicLibrary on Unix: dlopen.
#include "platform/dynamic_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>

namespace skerry::platform {
namespace {

std::string& last_error_text() {
  thread_local std::string text;
  return text;
}

}  // namespace

Result<DynamicLibrary> DynamicLibrary::open(const std::string& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return DynamicLibrary(handle);
  const char* reason = dlerror();
  last_error_text() = reason != nullptr ? reason : "";
  // dlopen has no error numbers: a path that is not there is the one case told apart.
  const bool missing = path.find('/') != std::string::npos && access(path.c_str(), F_OK) != 0;
  return fail(missing ? ErrorCode::FileNotFound : ErrorCode::OsError);
}

Result<DynamicLibrary> DynamicLibrary::open_system(const std::string& name) {
  // What the loader trusts for programs with privileges, and Debian's folder of this architecture.
  // A name alone would be looked for where LD_LIBRARY_PATH says.
  constexpr const char* kFolders[] = {"/lib/x86_64-linux-gnu/",
                                      "/usr/lib/x86_64-linux-gnu/",
                                      "/lib64/",
                                      "/usr/lib64/",
                                      "/lib/",
                                      "/usr/lib/"};
  for (const char* const folder : kFolders) {
    const std::string path = folder + name;
    if (access(path.c_str(), F_OK) == 0) return open(path);
  }
  last_error_text() = "no folder of the system has it";
  return fail(ErrorCode::FileNotFound);
}

void* DynamicLibrary::symbol(const char* name) const {
  return handle_ != nullptr ? dlsym(handle_, name) : nullptr;
}

void DynamicLibrary::close() {
  if (handle_ != nullptr) dlclose(handle_);
  handle_ = nullptr;
}

std::string DynamicLibrary::last_error() { return last_error_text(); }

bool DynamicLibrary::is_windows() { return false; }

uint32_t thread_error() { return static_cast<uint32_t>(errno); }
void set_thread_error(uint32_t error) { errno = static_cast<int>(error); }

}  // namespace skerry::platform
