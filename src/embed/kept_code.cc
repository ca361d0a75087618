// The key, the look-up, and what is worth an entry.
#include "embed/kept_code.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "code/compiler_library.h"
#include "embed/ahead_of_time.h"
#include "embed/code_cache.h"
#include "embed/data_image.h"
#include "embed/user_key.h"

namespace skerry::embed {
namespace {

// An entry is written anew if it grows by at least one part in so many. Code of the baseline
// compiler takes some ten times as long to compile as to write.
constexpr uint64_t kLeastGrowth = 16;
constexpr size_t kMaxLabelBytes = 47;

// The last part of a path, cut where no character is cut in two.
std::string label_of(const std::string& name) {
  std::string label = name.substr(name.find_last_of("/\\") + 1);
  if (label.size() <= kMaxLabelBytes) return label;
  size_t end = kMaxLabelBytes;
  while (end > 0 && (static_cast<uint8_t>(label[end]) & 0xc0) == 0x80) --end;
  label.resize(end);
  return label;
}

uint64_t size_of(const runtime::ModuleCode::FuncCodeViews& func) {
  return func.calls.code.size() + func.resumptions.code.size();
}

void make_room(ArtifactWriter& writer, std::span<const runtime::ModuleCode::FuncCodeViews> funcs) {
  uint64_t code = 0, resumptions = 0, sites = 0;
  for (const auto& func : funcs) {
    code += func.calls.code.size();
    resumptions += func.resumptions.code.size();
    sites += func.calls.sites.size() + func.resumptions.sites.size();
  }
  writer.reserve(funcs.size(), code, resumptions, sites);
}

bool is_worth_keeping(std::span<const runtime::ModuleCode::FuncCodeViews> funcs, Tier tier) {
  uint64_t known_bytes = 0, new_bytes = 0;
  bool is_optimized = false;
  for (const auto& func : funcs) {
    (func.is_from_image ? known_bytes : new_bytes) += size_of(func);
    // With Auto only what was made better has code of both kinds.
    const bool is_better = tier == Tier::Llvm || !func.resumptions.code.empty();
    is_optimized |= is_better && !func.is_from_image && size_of(func) != 0;
  }
  return is_optimized || (new_bytes != 0 && new_bytes >= known_bytes / kLeastGrowth);
}

}  // namespace

Digest kept_code_key(const Engine& engine, const Digest& module) {
  const CodeOptions& code = engine.runtime()->options().code;
  const std::string_view compiler = engine.runtime()->compiler().name();
  const std::array<uint64_t, 8> numbers = {
      code_abi_id(),
      engine.compiler_options().cpu.bits(),
      static_cast<uint64_t>(engine.compiler_options().optimization),
      code.explicit_bounds,
      code.fuel,
      code.hot_after_calls,
      code.hot_after_rounds,
      engine.features().bits()};
  return digest({module,
                 {reinterpret_cast<const uint8_t*>(numbers.data()), sizeof(numbers)},
                 {reinterpret_cast<const uint8_t*>(compiler.data()), compiler.size()}});
}

std::optional<NativeCode> find_kept_code(const Engine& engine, const ParsedModule& module,
                                         const CodeTarget& target) {
  const CodeCache& cache = *engine.cache();
  const Digest key = kept_code_key(engine, target.module);
  NativeCodeOptions own;
  own.file = cache.path_of(key);
  auto code = load_native_code(module, target, own);
  // Not there, or not to be read just now.
  if (!code && error_phase(code.error().code) != Phase::Unsupported) return std::nullopt;
  // An entry may have been given the name of another. Of code that counts otherwise, TierUp would
  // not know the frames.
  const bool fits = code && code->facts.options == target.options &&
                    code->facts.compiler == engine.runtime()->compiler().name();
  if (!fits) {
    cache.drop(key);
    return std::nullopt;
  }
  cache.touch(key);
  return std::move(*code);
}

Result<bool> keep_code(const Engine& engine, const LoadedModule& module) {
  if (!engine.cache() || !module.kept_as || module.code->stats().code_bytes == 0) return false;
  const auto funcs = module.code->code_so_far();
  if (!is_worth_keeping(funcs, engine.tier())) return false;
  ArtifactFacts facts = artifact_facts(engine, *module.kept_as);
  facts.label = label_of(module.parsed.source->name());
  ArtifactWriter writer(std::move(facts));
  make_room(writer, funcs);
  for (const auto& func : funcs) TRY(writer.add(func.calls, func.resumptions));
  TRY(add_data_image(writer, module));
  std::vector<uint8_t> entry = writer.finish();
  seal_artifact(entry, TRY(user_key()), std::nullopt);
  TRY(engine.cache()->put(kept_code_key(engine, *module.kept_as), entry));
  return true;
}

}  // namespace skerry::embed
