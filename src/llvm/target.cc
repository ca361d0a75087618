// LLVM's registries and options, which are the process's.
#include "llvm/target.h"

#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <cassert>
#include <iterator>

#include "llvm/llvm_version.h"

namespace skerry::llvm_tier {
namespace {

const llvm::Target* set_up() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeX86Disassembler();
  const char* const arguments[] = {
      "skerry",
      // The prologue is at the entry, so that a frame is its size alone.
      "-enable-shrink-wrap=false",
      // There are no variables to follow; this way that is found out at once.
      "-experimental-debug-variable-locations=false",
#if LLVM_VERSION_MAJOR < 22
      // It would merge traps that are marked not to be.
      "-enable-tail-merge=false",
#endif
  };
  llvm::cl::ParseCommandLineOptions(static_cast<int>(std::size(arguments)), arguments, "",
                                    &llvm::nulls());
  std::string error;
  const llvm::Target* const found =
      llvm::TargetRegistry::lookupTarget(as_argument(llvm::Triple(kTriple)), error);
  assert(found != nullptr);
  return found;
}

}  // namespace

const llvm::Target& target() {
  static const llvm::Target* const found = set_up();
  return *found;
}

}  // namespace skerry::llvm_tier
