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

// Beside the program or libskerry, or where an installation has its libraries.
std::array<std::string, 3> possible_files() {
  const std::string program = platform::program_folder();
  return {program + "/" + kLibraryName, platform::code_folder() + "/" + kLibraryName,
          program + "/../lib/" + kLibraryName};
}

struct Entries {
  MakeCompiler make_compiler = nullptr;
  MakeDisassembler make_disassembler = nullptr;
};

Result<Entries> find_entries() {
  for (const std::string& file : possible_files()) {
    auto library = platform::DynamicLibrary::open(file);
    if (!library) continue;
    Entries entries;
    entries.make_compiler = library->function<MakeCompiler>(kCompilerLibraryEntry);
    entries.make_disassembler = library->function<MakeDisassembler>(kDisassemblerLibraryEntry);
    // Compilers may live until the process ends, so the library does.
    [[maybe_unused]] auto* const kept = new platform::DynamicLibrary(std::move(*library));
    if (entries.make_compiler == nullptr || entries.make_disassembler == nullptr)
      return fail(ErrorCode::CompilerLibraryMismatch);
    return entries;
  }
  return fail(ErrorCode::CompilerLibraryMissing);
}

const Result<Entries>& entries() {
  static const Result<Entries> found = find_entries();
  return found;
}

}  // namespace

bool compiler_is_installed() {
  return std::ranges::any_of(possible_files(), [](const std::string& file) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::u8path(file), ignored);
  });
}

Result<std::shared_ptr<const Compiler>> load_compiler(const CompilerOptions& options) {
  if (!entries()) return std::unexpected(entries().error());
  Compiler* const compiler = entries()->make_compiler(compiler_interface_id(), options);
  if (compiler == nullptr) return fail(ErrorCode::CompilerLibraryMismatch);
  return std::shared_ptr<const Compiler>(compiler);
}

Result<std::unique_ptr<Disassembler>> load_disassembler() {
  if (!entries()) return std::unexpected(entries().error());
  Disassembler* const disassembler = entries()->make_disassembler(compiler_interface_id());
  if (disassembler == nullptr) return fail(ErrorCode::CompilerLibraryMismatch);
  return std::unique_ptr<Disassembler>(disassembler);
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

Result<FuncCode> PairedCompiler::compile_with_origins(const ValidatedModule& module,
                                                      const ContextLayout& layout, uint32_t func,
                                                      const CodeOptions& options,
                                                      CodeOrigins& origins) const {
  Result<FuncCode> code = first_->compile_with_origins(module, layout, func, options, origins);
  if (code) return code;
  return second_->compile_with_origins(module, layout, func, options, origins);
}

}  // namespace skerry::embed
