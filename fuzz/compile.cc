// Fuzz target: bytes -> decode -> validate -> baseline compiler, every func, in each mode.
// Finds: crashes, failed asserts and sanitizer reports in the compiler on valid modules, an
// Internal error, code that differs from one compilation to the next.
#include <cstdlib>

#include "baseline/compiler.h"
#include "binary/decoder.h"
#include "validate/validate.h"

using namespace skerry;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void compile_all(const ValidatedModule& valid, const CodeOptions& options) {
  static const auto compiler = baseline::make_compiler();
  const Module& module = valid.module();
  const ContextLayout layout(module);
  for (uint32_t func = module.imported_funcs; func < module.funcs.size(); ++func) {
    const auto first = compiler->compile(valid, layout, func, options);
    const auto second = compiler->compile(valid, layout, func, options);
    require(first.has_value() == second.has_value());
    if (first)
      require(first->code == second->code);
    else
      require(first.error().code == ErrorCode::UnsupportedInstruction);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto module = decode_module(Bytes(data, size), nullptr, Features());
  if (!module) return 0;
  const auto valid = validate(*module, Features(), std::make_shared<TypeRegistry>(), 1);
  if (!valid) return 0;
  compile_all(*valid, {});
  compile_all(*valid, {.explicit_bounds = true});
  compile_all(*valid, {.fuel = true});
  return 0;
}
