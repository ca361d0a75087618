// DynamicLibrary on Unix: dlopen.
#include "platform/dynamic_library.h"

#include <dlfcn.h>
#include <unistd.h>

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

void* DynamicLibrary::symbol(const char* name) const {
  return handle_ != nullptr ? dlsym(handle_, name) : nullptr;
}

void DynamicLibrary::close() {
  if (handle_ != nullptr) dlclose(handle_);
  handle_ = nullptr;
}

std::string DynamicLibrary::last_error() { return last_error_text(); }

}  // namespace skerry::platform
