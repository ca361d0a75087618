// What libskerry-llvm exports: two C functions (code/compiler_library.h).
#include "code/compiler_library.h"
#include "llvm/compiler.h"
#include "llvm/instr_text.h"

extern "C" __attribute__((visibility("default"))) skerry::Compiler* skerry_make_compiler_v3(
    uint64_t interface_id, const skerry::CompilerOptions& options) {
  if (interface_id != skerry::compiler_interface_id()) return nullptr;
  return skerry::llvm_tier::make_compiler(options).release();
}

extern "C" __attribute__((visibility("default"))) skerry::Disassembler* skerry_make_disassembler_v1(
    uint64_t interface_id) {
  if (interface_id != skerry::compiler_interface_id()) return nullptr;
  return skerry::llvm_tier::make_disassembler().release();
}
