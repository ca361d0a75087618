// Where distributions put it, the newest first.
#include "native/libclang.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "platform/process.h"

namespace skerry::native {
namespace {

constexpr int kNewest = 30, kOldest = 13;

std::vector<std::string> paths() {
  std::vector<std::string> result;
  if (platform::DynamicLibrary::is_windows()) {
    result.push_back(platform::program_folder() + "\\libclang.dll");
    if (const auto programs = platform::environment_variable("ProgramFiles"))
      result.push_back(*programs + "\\LLVM\\bin\\libclang.dll");
    return result;
  }
  for (int version = kNewest; version >= kOldest; --version) {
    const std::string number = std::to_string(version);
    for (const char* const end : {"/lib/libclang.so.1", "/lib/libclang.so", "/lib64/libclang.so"})
      result.push_back("/usr/lib/llvm-" + number + end);
    result.push_back("/usr/lib/llvm-" + number + "/lib/libclang-" + number + ".so.1");
  }
  return result;
}

// Beside a library: clang/22, or clang/15.0.7.
std::string resources_beside(const std::string& library) {
  std::error_code failed;
  std::string found;
  const auto folder = std::filesystem::u8path(library).parent_path() / "clang";
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (std::filesystem::exists(entry.path() / "include" / "stddef.h", failed))
      found = std::max(found, entry.path().string());
  return found;
}

}  // namespace

bool Libclang::fill() {
  bool has_all = true;
#define CLANG(name)                                \
  name = library_.function<decltype(name)>(#name); \
  has_all = has_all && name != nullptr;
#include "native/libclang.def"
#undef CLANG
  return has_all;
}

std::unique_ptr<Libclang> Libclang::load() {
  auto clang = std::make_unique<Libclang>();
  const auto use = [&](Result<platform::DynamicLibrary> opened) {
    if (!opened) return false;
    clang->library_ = std::move(*opened);
    return clang->fill();
  };
  for (const std::string& path : paths())
    if (use(platform::DynamicLibrary::open(path))) {
      clang->resource_folder = resources_beside(path);
      return clang;
    }
  if (use(platform::DynamicLibrary::open_system("libclang.so.1"))) return clang;
  if (use(platform::DynamicLibrary::open_system("libclang.so"))) return clang;
  return nullptr;
}

}  // namespace skerry::native
