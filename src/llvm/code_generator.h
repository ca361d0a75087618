// CodeGenerator: one func from its body to machine code: a context and a module of LLVM's for each,
// a target machine and passes that are kept, as making them takes longer than a small func. Not
// here: choosing what is compiled, or threads. Invariant: one thread at a time.
#pragma once

#include <memory>

#include "code/code.h"
#include "llvm/object_reader.h"
#include "llvm/pipeline.h"

namespace skerry::llvm_tier {

class CodeGenerator {
 public:
  // For the processor this process runs on.
  CodeGenerator();
  ~CodeGenerator();

  // `loop`: null, or from where on.
  Result<FuncCode> compile(const ValidatedModule& module, const ContextLayout& layout,
                           uint32_t func, const CodeOptions& options, const LoopEntry* loop);

 private:
  struct Emitter;
  Emitter& emitter_for(Effort effort);

  std::unique_ptr<llvm::TargetMachine> machine_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<ObjectReader> reader_;
  std::unique_ptr<Emitter> optimizing_, quick_;  // made when first needed
};

}  // namespace skerry::llvm_tier
