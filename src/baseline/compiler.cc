// The Compiler interface on top of the x86-64 code generator.
#include "baseline/compiler.h"

#include "baseline/x64/func_compiler.h"
#include "baseline/x64/thunks.h"

namespace skerry::baseline {
namespace {

class BaselineCompiler final : public Compiler {
 public:
  explicit BaselineCompiler(const x64::CpuFeatures& cpu) : cpu_(cpu) {}

  const char* name() const override { return "baseline"; }

  Result<FuncCode> compile(const ValidatedModule& module, const ContextLayout& layout,
                           uint32_t func, const CodeOptions& options) const override {
    return x64::FuncCompiler(module, layout, func, options, cpu_).compile();
  }
  Result<FuncCode> compile_with_origins(const ValidatedModule& module, const ContextLayout& layout,
                                        uint32_t func, const CodeOptions& options,
                                        CodeOrigins& origins) const override {
    origins.clear();
    return x64::FuncCompiler(module, layout, func, options, cpu_).compile(&origins);
  }
  FrameMap frame_map(const ValidatedModule& module, const ContextLayout& layout, uint32_t func,
                     const CodeOptions& options) const override {
    return x64::FuncCompiler(module, layout, func, options, cpu_).frame_map();
  }
  StubCode entry_thunk(const FuncType& type) const override { return x64::make_entry_thunk(type); }
  StubCode fiber_thunk(const FuncType& type, const FiberThunkPlaces& places) const override {
    return x64::make_fiber_thunk(type, places);
  }
  StubCode host_thunk(const FuncType& type) const override { return x64::make_host_thunk(type); }
  StubCode stub(Builtin which) const override { return x64::make_stub(which, cpu_); }
  std::vector<uint8_t> lazy_stubs(uint32_t first, uint32_t count) const override {
    return x64::make_lazy_stubs(first, count);
  }

 private:
  const x64::CpuFeatures cpu_;
};

}  // namespace

std::unique_ptr<Compiler> make_compiler() { return make_compiler(CpuSet::native()); }

std::unique_ptr<Compiler> make_compiler(CpuSet cpu) { return make_compiler(x64::features_of(cpu)); }

std::unique_ptr<Compiler> make_compiler(const x64::CpuFeatures& cpu) {
  return std::make_unique<BaselineCompiler>(cpu);
}

}  // namespace skerry::baseline
