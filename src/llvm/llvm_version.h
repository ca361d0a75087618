// What the two releases of LLVM that this builds with, 19 and 22, call differently. Everything else
// in this room is the same for both.
#pragma once

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DIBuilder.h>
#include <llvm/TargetParser/Triple.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace skerry::llvm_tier {

#if LLVM_VERSION_MAJOR >= 22
inline const llvm::Triple& as_argument(const llvm::Triple& triple) { return triple; }
inline llvm::DISourceLanguageName source_language() {
  return llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C);
}
inline llvm::SCEVExpander make_expander(llvm::ScalarEvolution& evolution, const llvm::DataLayout&) {
  return llvm::SCEVExpander(evolution, "");
}
#else
inline llvm::StringRef as_argument(const llvm::Triple& triple) { return triple.str(); }
inline unsigned source_language() { return llvm::dwarf::DW_LANG_C; }
inline llvm::SCEVExpander make_expander(llvm::ScalarEvolution& evolution,
                                        const llvm::DataLayout& layout) {
  return llvm::SCEVExpander(evolution, layout, "");
}
#endif

}  // namespace skerry::llvm_tier
