// Modules for all stores of an engine: loading them, whose machine code they may bring, and making
// that ahead of time. Not here: how code is found to fit and to be trusted (embed/native_code.h).
#include <fmt/format.h>

#include "capi/boundary.h"
#include "capi/error.h"
#include "capi/module.h"
#include "capi/options.h"
#include "embed/ahead_of_time.h"
#include "embed/code_section.h"
#include "embed/user_key.h"
#include "seal/signature.h"

using namespace skerry;
using namespace skerry::capi;

namespace {

std::shared_ptr<const embed::Source> source_of(const char* name, const void* bytes, size_t size) {
  const auto* const first = static_cast<const uint8_t*>(bytes);
  return embed::Source::of_bytes(name ? name : "module", {first, first + size});
}

}  // namespace

skerry_error_t* skerry_module_new(const wasm_engine_t* engine, const char* name, const void* bytes,
                                  size_t size, wasm_shared_module_t** out) {
  return skerry_module_load(engine, name, bytes, size, nullptr, out);
}

skerry_error_t* skerry_module_load(const wasm_engine_t* engine, const char* name, const void* bytes,
                                   size_t size, const skerry_module_options_t* given,
                                   wasm_shared_module_t** out) {
  return answered([&]() -> skerry_error_t* {
    if (!engine || !out || (!bytes && size != 0)) return misuse("an argument is null");
    skerry_module_options_t options;
    if (const auto why = read_options(given, options); !why.empty()) return misuse(why);
    if (!options.trusted_keys && options.trusted_key_count != 0)
      return misuse("trusted_keys is null");
    embed::NativeCodeOptions native;
    native.trust_all = options.trust_native != 0;
    for (size_t i = 0; i < options.trusted_key_count; ++i) {
      const char* const text = options.trusted_keys[i];
      const auto key = text ? parse_public_key(text) : std::nullopt;
      if (!key) return misuse(fmt::format("trusted_keys[{}] is no key", i));
      native.trusted.push_back(*key);
    }
    auto loaded = engine->engine->load(source_of(name, bytes, size), native);
    if (!loaded) return new_error(loaded.error());
    *out =
        new wasm_shared_module_t{std::make_shared<const embed::LoadedModule>(std::move(*loaded))};
    return nullptr;
  });
}

const char* skerry_module_note(const wasm_shared_module_t* module) {
  return module ? module->loaded->note.c_str() : "";
}

bool skerry_module_has_start(const wasm_shared_module_t* module) {
  return module && module->loaded->code->module().start.has_value();
}

skerry_error_t* skerry_compile(const wasm_engine_t* engine, const char* name, const void* bytes,
                               size_t size, const skerry_compile_options_t* given,
                               wasm_byte_vec_t* out) {
  return answered([&]() -> skerry_error_t* {
    if (!engine || !out || (!bytes && size != 0)) return misuse("an argument is null");
    skerry_compile_options_t options;
    if (const auto why = read_options(given, options); !why.empty()) return misuse(why);
    const embed::Engine& with = *engine->engine;
    if (with.tier() == embed::Tier::Auto)
      return misuse("code is made ahead of time by an engine of one tier, not of tier AUTO");
    std::optional<SigningKey> signer;
    if (options.signing_key && !(signer = parse_signing_key(options.signing_key)))
      return misuse("signing_key is no key");
    auto parsed = embed::parse_without_code(source_of(name, bytes, size), with.features());
    if (!parsed) return new_error(parsed.error());
    const auto module = with.prepare(std::move(*parsed));
    if (!module) return new_error(module.error());
    if (module->parsed.module->find_custom(embed::kCodeSection))
      return new_error(Error{ErrorCode::ArtifactMalformed});
    embed::AheadOfTimeOptions wanted;
    wanted.jobs = options.jobs;
    const auto compiled = embed::compile_ahead_of_time(with, *module, wanted);
    if (!compiled) return new_error(compiled.error());
    std::optional<MacKey> own;
    if (const auto key = embed::user_key()) own = *key;
    const auto whole =
        embed::with_code_section({module->parsed.source->bytes(), {}}, [&](uint64_t offset) {
          std::vector<uint8_t> artifact = compiled->writer.finish(offset);
          embed::seal_artifact(artifact, own, signer);
          return artifact;
        });
    wasm_byte_vec_new_uninitialized(out, whole.size());
    if (!out->data) return no_memory_error();
    std::ranges::copy(whole, out->data);
    return nullptr;
  });
}
