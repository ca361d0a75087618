// What libskerry-llvm exports: one C function (code/compiler_library.h).
#include "code/compiler_library.h"
#include "llvm/compiler.h"

extern "C" __attribute__((visibility("default"))) skerry::Compiler* skerry_make_compiler_v2(
    uint64_t interface_id, const skerry::CompilerOptions& options) {
  if (interface_id != skerry::compiler_interface_id()) return nullptr;
  return skerry::llvm_tier::make_compiler(options).release();
}
