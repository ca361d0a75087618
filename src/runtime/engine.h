// Engine: what all modules and stores of one configuration share: the compiler, code options, type
// identities, stubs and thunks, and the threads that compile ahead of need or watch deadlines.
// Not here: any concrete compiler; the embedder passes one in.
// Invariant: thread-safe. It outlives every ModuleCode and Store made from it (they hold it).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "code/code.h"
#include "runtime/tier_up.h"
#include "wasm/type_registry.h"

namespace skerry::runtime {

class CompilePool;
class EngineCode;
class Watchdog;

class ModuleCode;

// Code that has got its place: of a func, or of the engine.
struct PublishedCode {
  const ModuleCode* module;  // null: the engine's
  uint32_t func;             // of a module
  const void* address;
  uint64_t bytes;
  uint32_t frame_bytes;  // FuncCode::frame_bytes or StubCode::frame_bytes
  // The compiler's name, or "ahead of time"; of the engine's code, which kind it is: "entry thunk",
  // "host thunk", "lazy stub", or the STUB row's name.
  const char* made_by;
};
inline constexpr char kEntryThunk[] = "entry thunk";

struct EngineOptions {
  CodeOptions code;
  // Threads that compile functions before they are called; 0 compiles only on first call. Absent:
  // hardware threads - 1, at most 8.
  std::optional<unsigned> compile_threads;
  // Address space reserved for a memory whose accesses are compared with its size, unless its
  // maximum is less. Growing beyond it moves the memory.
  uint64_t explicit_reservation_bytes = uint64_t{4} << 30;
  // What becomes of funcs that code.hot_after_calls makes known.
  TierUpOptions tier_up;
  // Told of all code: by the thread that publishes it, which holds a lock of the module or the
  // engine; as a module is made, of the code that it comes with.
  std::function<void(const PublishedCode&)> on_publish;
};

class Engine {
 public:
  // Also installs the process's fault handlers, once.
  static Result<std::shared_ptr<Engine>> create(std::shared_ptr<const Compiler> compiler,
                                                const EngineOptions& options = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Compiler& compiler() const { return *compiler_; }
  const EngineOptions& options() const { return options_; }
  // validate() takes it: modules of one engine must share its registry.
  const std::shared_ptr<TypeRegistry>& registry() const { return registry_; }

  // Makes what host functions of these types need, all at once: smaller and faster than one by one
  // as they are added. Concrete heap types inside are ids.
  Result<void> prepare_host_types(std::span<const FuncType> types);

  // For the runtime itself.
  EngineCode& code() { return *code_; }
  CompilePool& pool() { return *pool_; }
  TierUp& tier_up() { return tier_up_; }
  Watchdog& watchdog() { return *watchdog_; }

 private:
  Engine(std::shared_ptr<const Compiler> compiler, const EngineOptions& options);

  std::shared_ptr<const Compiler> compiler_;
  EngineOptions options_;
  std::shared_ptr<TypeRegistry> registry_;
  std::unique_ptr<EngineCode> code_;
  std::unique_ptr<CompilePool> pool_;
  std::unique_ptr<Watchdog> watchdog_;
  TierUp tier_up_;
};

}  // namespace skerry::runtime
