// Libclang: libclang's stable C interface, loaded when it is asked for. Not linked: nobody who does
// not bind headers needs it.
#pragma once

#include <clang-c/Index.h>

#include <memory>
#include <string>

#include "platform/dynamic_library.h"

namespace skerry::native {

struct Libclang {
  // Null if the system has none that is recent enough.
  static std::unique_ptr<Libclang> load();

#define CLANG(name) decltype(&::name) name = nullptr;
#include "native/libclang.def"
#undef CLANG

  // Clang's own headers, such as stddef.h, for -resource-dir. Empty: libclang finds them, or
  // nobody. Distributions link it from elsewhere, and it looks beside the file that a link leads
  // to.
  std::string resource_folder;

  std::string text(CXString string) const {
    const char* const chars = clang_getCString(string);
    std::string result = chars ? chars : "";
    clang_disposeString(string);
    return result;
  }

 private:
  bool fill();
  platform::DynamicLibrary library_;
};

}  // namespace skerry::native
