// CompiledModule: a module in the text format, compiled by the baseline compiler for a given CPU
// and ready to run, without the runtime: the instance context is filled in by hand here. Not here:
// imports, tables, growing, traps. A func that traps crashes the test.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "baseline/x64/cpu.h"
#include "code/code.h"
#include "code/context.h"
#include "platform/code_pages.h"
#include "platform/fault_handlers.h"
#include "platform/memory_map.h"
#include "wasm/module.h"

namespace skerry::test {

class CompiledModule {
 public:
  // Fails the current test if the module is wrong or a func is not compiled.
  CompiledModule(std::string_view text, const baseline::x64::CpuFeatures& cpu,
                 const CodeOptions& options = {});

  // Calls a func by index. `values` holds the arguments and receives the results: 8 bytes each,
  // v128 16. Returns the trap that ended it, or None.
  TrapCode run(uint32_t func, uint64_t* values);
  const FuncCode& code(uint32_t func) const { return funcs_[func]; }
  std::span<uint8_t> memory(uint32_t index) {
    return {memory_views_[index].base, memory_views_[index].size_bytes};
  }

 private:
  void build(std::string_view text, const baseline::x64::CpuFeatures& cpu,
             const CodeOptions& options);
  void fill_context(const ContextLayout& layout);
  static bool on_fault(platform::Fault& fault);
  std::optional<CodeSite> find_site(uint64_t pc) const;
  VmContext& head() { return *reinterpret_cast<VmContext*>(context_.data()); }
  template <class T>
  T& context_word(uint32_t offset) {
    return *reinterpret_cast<T*>(reinterpret_cast<uint8_t*>(context_.data()) + offset);
  }

  std::shared_ptr<const Module> module_;
  std::vector<FuncCode> funcs_;
  std::vector<const uint8_t*> entries_, thunks_;  // by func
  platform::CodePages pages_;
  std::vector<VmGlobal> context_;
  std::vector<uint64_t> value_buffer_;
  std::vector<platform::MemoryMap> memories_;
  std::vector<VmMemory> memory_views_;
  VmActivation activation_;
  TrapCode trap_ = TrapCode::None;
};

}  // namespace skerry::test
