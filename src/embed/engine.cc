// The engine's parts put together: the one place that knows which compilers there are.
#include "embed/engine.h"

#include <fmt/format.h>

#include "baseline/compiler.h"
#include "embed/optimizing_tier.h"

namespace skerry::embed {
namespace {

Result<std::shared_ptr<const Compiler>> make_compiler(Tier tier) {
  std::shared_ptr<const Compiler> baseline = baseline::make_compiler();
  if (tier == Tier::Baseline) return baseline;
  std::shared_ptr<const Compiler> optimizing = TRY(load_compiler());
  return std::make_shared<PairedCompiler>(std::move(optimizing), std::move(baseline));
}

}  // namespace

Result<Engine> Engine::create(const EngineOptions& options) {
  auto compiler = TRY(make_compiler(options.tier));
  auto runtime = TRY(runtime::Engine::create(std::move(compiler), options.runtime));
  return Engine(options.features, std::move(runtime));
}

Reported<LoadedModule> Engine::load(std::shared_ptr<const Source> source) const {
  auto parsed = parse(std::move(source), features_);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  return prepare(std::move(*parsed));
}

Reported<LoadedModule> Engine::prepare(ParsedModule parsed) const {
  auto validated = validate(parsed, features_, runtime_->registry());
  if (!validated) return std::unexpected(std::move(validated.error()));
  auto code = runtime::ModuleCode::create(runtime_, std::move(*validated));
  if (!code)
    return report(code.error(),
                  fmt::format("{}: {}", parsed.source->name(), explain(code.error())));
  return LoadedModule{std::move(parsed), std::move(*code)};
}

}  // namespace skerry::embed
