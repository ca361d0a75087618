// LLVM set up and run.
#include "llvm/code_generator.h"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>

#include <cstdlib>

#include "llvm/func_translator.h"
#include "llvm/llvm_version.h"
#include "llvm/target.h"

namespace skerry::llvm_tier {
namespace {

// What the code may use: exactly the set, whatever the processor has besides, so that it is known
// where code can run, and is the same wherever it is made.
std::string features_of(CpuSet cpu) {
  llvm::SubtargetFeatures features;
  for (const CpuFeatureInfo& row : all_cpu_features())
    features.AddFeature(std::string(row.name), cpu.has(row.feature));
  return features.getString();
}

// The model to schedule for: this one if the code is made for it.
std::string tuning_for(CpuSet cpu) {
  return cpu == CpuSet::native() ? llvm::sys::getHostCPUName().str() : "generic";
}

}  // namespace

// The passes from IR to an object.
struct CodeGenerator::Emitter {
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream{object};
  llvm::legacy::PassManager passes;
};

CodeGenerator::CodeGenerator(const CompilerOptions& compiler_options)
    : options_(compiler_options), tuning_(tuning_for(compiler_options.cpu)) {
  llvm::TargetOptions options;
  options.EmitStackSizeSection = true;
  machine_.reset(target().createTargetMachine(
      as_argument(llvm::Triple(kTriple)), "x86-64", features_of(options_.cpu), options,
      llvm::Reloc::PIC_, llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
  pipeline_ = std::make_unique<Pipeline>(*machine_, options_.optimization);
  reader_ = std::make_unique<ObjectReader>(*machine_);
  emitter_ = std::make_unique<Emitter>();
  [[maybe_unused]] const bool failed = machine_->addPassesToEmitFile(
      emitter_->passes, emitter_->stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  assert(!failed);
}

CodeGenerator::~CodeGenerator() = default;

Result<FuncCode> CodeGenerator::compile(const ValidatedModule& module, const FixedTables& tables,
                                        const ContextLayout& layout, uint32_t func,
                                        const CodeOptions& options, const LoopEntry* loop,
                                        CodeOrigins* origins) {
  const FuncBody& body = module.module().bodies[func - module.module().imported_funcs];
  // Of what needs no look at its instructions this is known before it is translated.
  if (!effort_for(options_.optimization, {.body_bytes = body.code.size()}))
    return fail(ErrorCode::UnsupportedInstruction, body.offset);
  llvm::LLVMContext context;
  context.setDiscardValueNames(true);
  llvm::Module out("m", context);
  out.setTargetTriple(as_argument(machine_->getTargetTriple()));
  out.setDataLayout(machine_->createDataLayout());
  FuncTranslator translator(out, module, tables, layout, func, options, loop);
  llvm::Function* const translated = TRY(translator.translate());
  assert(!llvm::verifyFunction(*translated, &llvm::errs()));
  translated->addFnAttr("tune-cpu", tuning_);
  if (options_.optimization == Optimization::Os)
    translated->addFnAttr(llvm::Attribute::OptimizeForSize);
  const std::optional<Effort> effort = effort_for(
      options_.optimization, shape_of(*translated, body.code.size(), translator.loop_count()));
  if (!effort) return fail(ErrorCode::UnsupportedInstruction, body.offset);
  pipeline_->run(*translated, *effort);

  emitter_->object.clear();
  emitter_->passes.run(out);

  FuncCode code = TRY(reader_->read({emitter_->object.data(), emitter_->object.size()},
                                    static_cast<uint32_t>(body.offset), origins));
  code.callees = translator.take_callees();
  code.made_by = "llvm";
  code.passes_on = translator.passes_on();
  return code;
}

}  // namespace skerry::llvm_tier
