// A compiler that does as a test says, on top of the baseline compiler.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "baseline/compiler.h"

namespace skerry {

// Everything but compile() is the baseline compiler's.
class TestCompiler : public Compiler {
 public:
  using Compile =
      std::function<Result<FuncCode>(const Compiler& baseline, const ValidatedModule&,
                                     const ContextLayout&, uint32_t func, const CodeOptions&)>;
  explicit TestCompiler(Compile compile) : compile_(std::move(compile)) {}
  const char* name() const override { return "test"; }
  Result<FuncCode> compile(const ValidatedModule& module, const ContextLayout& layout,
                           uint32_t func, const CodeOptions& options) const override {
    return compile_(*baseline_, module, layout, func, options);
  }
  Result<FuncCode> compile_resumption(const ValidatedModule& module, const ContextLayout& layout,
                                      uint32_t func, const CodeOptions& options) const override {
    return baseline_->compile(module, layout, func, options);
  }
  StubCode entry_thunk(const FuncType& type) const override { return baseline_->entry_thunk(type); }
  StubCode fiber_thunk(const FuncType& type, const FiberThunkPlaces& places) const override {
    return baseline_->fiber_thunk(type, places);
  }
  StubCode host_thunk(const FuncType& type) const override { return baseline_->host_thunk(type); }
  StubCode stub(Builtin which) const override { return baseline_->stub(which); }
  std::vector<uint8_t> lazy_stubs(uint32_t first, uint32_t count) const override {
    return baseline_->lazy_stubs(first, count);
  }

 private:
  std::unique_ptr<Compiler> baseline_ = baseline::make_compiler();
  Compile compile_;
};

}  // namespace skerry
