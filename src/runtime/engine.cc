// Making an Engine: stubs, compile threads, fault handlers.
#include "runtime/engine.h"

#include <algorithm>

#include "platform/threads.h"
#include "runtime/compile_pool.h"
#include "runtime/engine_code.h"
#include "runtime/traps.h"
#include "runtime/watchdog.h"

namespace skerry::runtime {
namespace {

constexpr unsigned kMaxDefaultThreads = 8;

}  // namespace

Engine::Engine(std::shared_ptr<const Compiler> compiler, const EngineOptions& options)
    : compiler_(std::move(compiler)),
      options_(options),
      registry_(std::make_shared<TypeRegistry>()),
      pool_(std::make_unique<CompilePool>(options.compile_threads.value_or(
          std::min(platform::hardware_threads() - 1, kMaxDefaultThreads)))),
      watchdog_(std::make_unique<Watchdog>()),
      tier_up_(options.tier_up, options.code) {}

Engine::~Engine() = default;

Result<std::shared_ptr<Engine>> Engine::create(std::shared_ptr<const Compiler> compiler,
                                               const EngineOptions& options) {
  TRY(platform::install_fault_handlers(fault_in_wasm));
  std::shared_ptr<Engine> engine(new Engine(std::move(compiler), options));
  engine->code_ =
      TRY(EngineCode::create(*engine->compiler_, *engine->registry_, engine->options_.on_publish));
  return engine;
}

Result<void> Engine::prepare_host_types(std::span<const FuncType> types) {
  std::vector<uint32_t> ids;
  for (const FuncType& type : types) {
    const uint32_t id = registry_->intern_func(type);
    if (id == TypeRegistry::kNoType) return fail(ErrorCode::LimitExceeded);
    ids.push_back(id);
  }
  return code_->make_host_thunks(ids);
}

}  // namespace skerry::runtime
