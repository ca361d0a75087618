// CodeGenerator: one func from its body to machine code: a context and a module of LLVM's for each,
// a target machine and passes that are kept, as making them takes longer than a small func. Not
// here: choosing what is compiled, or threads. Invariant: one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "code/code.h"
#include "code/compiler_library.h"
#include "llvm/fixed_tables.h"
#include "llvm/object_reader.h"
#include "llvm/pipeline.h"

namespace skerry::llvm_tier {

class CodeGenerator {
 public:
  explicit CodeGenerator(const CompilerOptions& options);
  ~CodeGenerator();

  // `loop`: null, or from where on. `origins`: null, or where to say what the code was made from.
  // UnsupportedInstruction: the func is left to others (effort_for(), FuncTranslator).
  Result<FuncCode> compile(const ValidatedModule& module, const FixedTables& tables,
                           const ContextLayout& layout, uint32_t func, const CodeOptions& options,
                           const LoopEntry* loop, CodeOrigins* origins);

 private:
  struct Emitter;

  const CompilerOptions options_;
  std::string tuning_;  // the processor to schedule for
  std::unique_ptr<llvm::TargetMachine> machine_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<ObjectReader> reader_;
  std::unique_ptr<Emitter> emitter_;
};

}  // namespace skerry::llvm_tier
