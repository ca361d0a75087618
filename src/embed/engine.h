// Engine: the configured whole, from bytes to a module that can be instantiated: features, the tier
// that compiles, the runtime's engine. LoadedModule: what it makes of a Source.
// Not here: linking and calling (linker.h, runtime/call.h).
// Invariant: thread-safe; modules keep what they need of it alive.
#pragma once

#include <memory>

#include "code/code.h"
#include "code/compiler_library.h"
#include "embed/native_code.h"
#include "embed/source.h"
#include "runtime/engine.h"
#include "runtime/module_code.h"

namespace skerry::embed {

class CodeCache;

// Auto: Baseline first, and what turns out to be hot by Llvm while the program runs; where the
// optimising tier's library is not installed, the same as Baseline.
enum class Tier : uint8_t { Auto, Baseline, Llvm };

// Who is told what generated code is called.
enum class Profile : uint8_t { None, Perf, Gdb };

// Measured in bench: much less, and programs that run for a moment pay for it.
inline constexpr uint32_t kHotAfterCalls = 2000;

struct EngineOptions {
  Features features;
  Tier tier = Tier::Auto;
  // Of Auto; see CodeOptions. 0: at once, and the program waits for it: for tests.
  uint32_t hot_after_calls = kHotAfterCalls;
  Profile profile = Profile::None;
  // What code is made for. A processor that lacks some of it cannot run the engine's code.
  CompilerOptions compiler;
  // Where code of modules is looked for when they are loaded; see kept_code.h. Null: nowhere.
  std::shared_ptr<const CodeCache> cache;
  runtime::EngineOptions runtime;
};

struct LoadedModule {
  ParsedModule parsed;
  std::shared_ptr<runtime::ModuleCode> code;
  // A line about machine code that was there and is not used; empty if there is nothing to say.
  std::string note;
  // The module's digest, if the engine's cache is to have its code.
  std::optional<Digest> kept_as;
};

class Engine {
 public:
  static Result<Engine> create(const EngineOptions& options = {});

  Features features() const { return features_; }
  const std::shared_ptr<runtime::Engine>& runtime() const { return runtime_; }
  Tier tier() const { return tier_; }
  const CompilerOptions& compiler_options() const { return compiler_options_; }
  const std::shared_ptr<const CodeCache>& cache() const { return cache_; }

  // Parses, validates, prepares. Nothing is compiled yet. Machine code that is there is used if it
  // may be; if not, or if there is none, code that the cache has; else the module is compiled as it
  // runs.
  Reported<LoadedModule> load(std::shared_ptr<const Source> source,
                              const NativeCodeOptions& native = {}) const;
  // The second half, for callers that parse for themselves, without machine code.
  Reported<LoadedModule> prepare(ParsedModule parsed) const;

 private:
  Engine(const EngineOptions& options, std::shared_ptr<runtime::Engine> runtime)
      : features_(options.features),
        tier_(options.tier),
        compiler_options_(options.compiler),
        cache_(options.cache),
        runtime_(std::move(runtime)) {}
  Reported<LoadedModule> prepare_native(ParsedModule parsed, NativeCode code) const;
  Reported<LoadedModule> with_code(ParsedModule parsed, ValidatedModule validated,
                                   std::optional<runtime::CodeImage> image) const;

  Features features_;
  Tier tier_;
  CompilerOptions compiler_options_;
  std::shared_ptr<const CodeCache> cache_;
  std::shared_ptr<runtime::Engine> runtime_;
};

}  // namespace skerry::embed
