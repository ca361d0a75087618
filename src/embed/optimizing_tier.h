// The optimising tier: its compiler, loaded from a library of its own, and how it is paired with
// the baseline compiler. Not here: when which func is compiled.
#pragma once

#include <atomic>
#include <memory>

#include "code/code.h"
#include "code/compiler_library.h"

namespace skerry::embed {

// Whether its library is there, without loading it.
bool compiler_is_installed();
// From libskerry-llvm, beside the program or in ../lib. CompilerLibraryMissing,
// CompilerLibraryMismatch. The library stays loaded.
Result<std::shared_ptr<const Compiler>> load_compiler(const CompilerOptions& options = {});
// From the same library, with the same errors.
Result<std::unique_ptr<Disassembler>> load_disassembler();

// Compiles with the first, and what that leaves to others with the second. Thunks and stubs are the
// second's.
class PairedCompiler final : public Compiler {
 public:
  PairedCompiler(std::shared_ptr<const Compiler> first, std::shared_ptr<const Compiler> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  const char* name() const override { return first_->name(); }
  Result<FuncCode> compile(const ValidatedModule& module, const ContextLayout& layout,
                           uint32_t func, const CodeOptions& options) const override;
  Result<FuncCode> compile_with_origins(const ValidatedModule& module, const ContextLayout& layout,
                                        uint32_t func, const CodeOptions& options,
                                        CodeOrigins& origins) const override;
  Result<FuncCode> compile_resumption(const ValidatedModule& module, const ContextLayout& layout,
                                      uint32_t func, const CodeOptions& options) const override {
    return second_->compile(module, layout, func, options);
  }
  StubCode entry_thunk(const FuncType& type) const override { return second_->entry_thunk(type); }
  StubCode fiber_thunk(const FuncType& type, const FiberThunkPlaces& places) const override {
    return second_->fiber_thunk(type, places);
  }
  StubCode host_thunk(const FuncType& type) const override { return second_->host_thunk(type); }
  StubCode stub(Builtin which) const override { return second_->stub(which); }
  std::vector<uint8_t> lazy_stubs(uint32_t first, uint32_t count) const override {
    return second_->lazy_stubs(first, count);
  }

  // Funcs that the second compiled.
  uint64_t fallbacks() const { return fallbacks_.load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<const Compiler> first_, second_;
  mutable std::atomic<uint64_t> fallbacks_{0};
};

}  // namespace skerry::embed
