// Finding the library, asking it, falling back.
#include "embed/optimizing_tier.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "code/compiler_library.h"
#include "platform/dynamic_library.h"
#include "platform/process.h"

namespace skerry::embed {
namespace {

constexpr char kLibraryName[] = "libskerry-llvm.so";

// Beside the program, or where an installation has its libraries.
std::array<std::string, 2> possible_files() {
  const std::string program = platform::program_folder();
  return {program + "/" + kLibraryName, program + "/../lib/" + kLibraryName};
}

Result<MakeCompiler> find_entry() {
  for (const std::string& file : possible_files()) {
    auto library = platform::DynamicLibrary::open(file);
    if (!library) continue;
    const auto entry = library->function<MakeCompiler>(kCompilerLibraryEntry);
    // Compilers may live until the process ends, so the library does.
    [[maybe_unused]] auto* const kept = new platform::DynamicLibrary(std::move(*library));
    if (entry == nullptr) return fail(ErrorCode::CompilerLibraryMismatch);
    return entry;
  }
  return fail(ErrorCode::CompilerLibraryMissing);
}

}  // namespace

bool compiler_is_installed() {
  return std::ranges::any_of(possible_files(), [](const std::string& file) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::u8path(file), ignored);
  });
}

Result<std::shared_ptr<const Compiler>> load_compiler(const CompilerOptions& options) {
  static const Result<MakeCompiler> entry = find_entry();
  if (!entry) return std::unexpected(entry.error());
  Compiler* const compiler = (*entry)(compiler_interface_id(), options);
  if (compiler == nullptr) return fail(ErrorCode::CompilerLibraryMismatch);
  return std::shared_ptr<const Compiler>(compiler);
}

Result<FuncCode> PairedCompiler::compile(const ValidatedModule& module, const ContextLayout& layout,
                                         uint32_t func, const CodeOptions& options) const {
  Result<FuncCode> code = first_->compile(module, layout, func, options);
  if (code) return code;
  // Something that a compiler did not expect of itself is slow code, not an end; but a bug.
  assert(code.error().code != ErrorCode::InternalError);
  fallbacks_.fetch_add(1, std::memory_order_relaxed);
  return second_->compile(module, layout, func, options);
}

}  // namespace skerry::embed
