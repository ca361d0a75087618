// The engine's parts put together: the one place that knows which compilers there are.
#include "embed/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "baseline/compiler.h"
#include "embed/debugger_names.h"
#include "embed/kept_code.h"
#include "embed/optimizing_tier.h"
#include "embed/perf_map.h"
#include "validate/validate.h"

namespace skerry::embed {
namespace {

// A round of a loop counts as much as an eighth of a call.
constexpr uint64_t kRoundsPerCall = 8;

Result<std::shared_ptr<const Compiler>> make_compiler(const EngineOptions& options) {
  std::shared_ptr<const Compiler> baseline = baseline::make_compiler(options.compiler.cpu);
  if (options.tier != Tier::Llvm) return baseline;
  std::shared_ptr<const Compiler> optimizing = TRY(load_compiler(options.compiler));
  return std::make_shared<PairedCompiler>(std::move(optimizing), std::move(baseline));
}

}  // namespace

Result<Engine> Engine::create(const EngineOptions& options) {
  auto compiler = TRY(make_compiler(options));
  runtime::EngineOptions runtime_options = options.runtime;
  if (options.tier == Tier::Auto && compiler_is_installed()) {
    const bool at_once = options.hot_after_calls == 0;
    const uint64_t calls = std::max(options.hot_after_calls, 1u);
    const uint64_t rounds = at_once ? 1 : calls * kRoundsPerCall;
    runtime_options.code.hot_after_calls = static_cast<uint32_t>(calls);
    runtime_options.code.hot_after_rounds =
        static_cast<uint32_t>(std::min<uint64_t>(rounds, UINT32_MAX));
    runtime_options.tier_up.in_place = at_once;
    runtime_options.tier_up.make_compiler = [compiler = options.compiler] {
      return load_compiler(compiler);
    };
  }
  if (options.profile == Profile::Perf) {
    const std::shared_ptr<PerfMap> map = TRY(PerfMap::create());
    runtime_options.on_publish = [map](const runtime::PublishedCode& code) { map->add(code); };
  }
  if (options.profile == Profile::Gdb) {
    const std::shared_ptr<DebuggerNames> names = TRY(DebuggerNames::create());
    runtime_options.on_publish = [names](const runtime::PublishedCode& code) { names->add(code); };
  }
  auto runtime = TRY(runtime::Engine::create(std::move(compiler), runtime_options));
  return Engine(options, std::move(runtime));
}

Reported<LoadedModule> Engine::load(std::shared_ptr<const Source> source,
                                    const NativeCodeOptions& native) const {
  const bool may_be_kept = cache_ && source->bytes().size() >= kMinKeptModuleBytes;
  // What a digest stands for has to stay what it is.
  if (may_be_kept && !source->is_ours()) source = source->copy();
  auto parsed = parse_without_datas(source, features_);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  const bool has_code = native.file || parsed->module->find_custom(kCodeSection) != nullptr;
  if (!has_code && !may_be_kept) return prepare(std::move(*parsed));
  if (!source->is_ours()) {
    parsed = parse_without_datas(source->copy(), features_);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
  }
  const CodeTarget target{CpuSet::native(), runtime_->options().code, parsed->module->bodies.size(),
                          module_digest(*parsed->module, parsed->source->bytes()),
                          !runtime_->options().on_publish};
  std::string note;
  if (has_code) {
    auto code = load_native_code(*parsed, target, native);
    if (code) return prepare_native(std::move(*parsed), std::move(*code));
    note = native_code_note(native.file.value_or(source->name()), code.error());
  }
  std::optional<NativeCode> kept;
  if (may_be_kept) kept = find_kept_code(*this, *parsed, target);
  auto loaded =
      kept ? prepare_native(std::move(*parsed), std::move(*kept)) : prepare(std::move(*parsed));
  if (!loaded) return loaded;
  loaded->note = std::move(note);
  if (may_be_kept) loaded->kept_as = target.module;
  return loaded;
}

Reported<LoadedModule> Engine::prepare_native(ParsedModule parsed, NativeCode code) const {
  const bool is_known = code.facts.wasm_features == features_.bits();
  // Segments that the code comes with an image of were valid, too, and are in no one's way.
  if (!is_known || !code.image.data)
    if (auto read = read_datas(parsed, features_); !read)
      return std::unexpected(std::move(read.error()));
  auto validated = is_known ? validate_known(parsed.module, features_, runtime_->registry())
                            : skerry::validate(parsed.module, features_, runtime_->registry());
  if (!validated) return invalid_module(parsed, validated.error());
  return with_code(std::move(parsed), std::move(*validated), std::move(code.image));
}

Reported<LoadedModule> Engine::prepare(ParsedModule parsed) const {
  if (auto read = read_datas(parsed, features_); !read)
    return std::unexpected(std::move(read.error()));
  auto validated = validate(parsed, features_, runtime_->registry());
  if (!validated) return std::unexpected(std::move(validated.error()));
  return with_code(std::move(parsed), std::move(*validated), std::nullopt);
}

Reported<LoadedModule> Engine::with_code(ParsedModule parsed, ValidatedModule validated,
                                         std::optional<runtime::CodeImage> image) const {
  auto code = runtime::ModuleCode::create(runtime_, std::move(validated), std::move(image));
  if (!code)
    return report(code.error(),
                  fmt::format("{}: {}", parsed.source->name(), explain(code.error())));
  return LoadedModule{std::move(parsed), std::move(*code), {}, {}};
}

}  // namespace skerry::embed
