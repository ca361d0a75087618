// DynamicLibrary: a shared library or DLL loaded at run time, and the addresses of what it exports.
// Not here: which libraries may be loaded (policy) and what the symbols mean.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"

namespace skerry::platform {

class DynamicLibrary {
 public:
  DynamicLibrary() = default;
  // `path` is UTF-8. A name without a folder is searched for as the system does, on Windows without
  // the current folder. FileNotFound or OsError (a = the system's number, where it has one).
  static Result<DynamicLibrary> open(const std::string& path);
  // A library of the system by its file's name, from the folders that belong to the system alone:
  // neither the current folder nor what variables of the environment say.
  static Result<DynamicLibrary> open_system(const std::string& name);
  ~DynamicLibrary() { close(); }
  DynamicLibrary(DynamicLibrary&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)) {}
  DynamicLibrary& operator=(DynamicLibrary&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  bool is_open() const { return handle_ != nullptr; }
  // Null if there is no such export.
  void* symbol(const char* name) const;
  template <class T>
  T function(const char* name) const {
    return reinterpret_cast<T>(symbol(name));
  }
  void close();

  // What the system says about the last open() that failed in this thread.
  static std::string last_error();

  // Are libraries here DLLs?
  static bool is_windows();

 private:
  static Result<DynamicLibrary> load(const std::string& path, uint32_t flags);  // Windows
  explicit DynamicLibrary(void* handle) : handle_(handle) {}
  void* handle_ = nullptr;
};

// GetLastError of this thread; on Unix the same as errno.
uint32_t thread_error();
void set_thread_error(uint32_t error);

}  // namespace skerry::platform
