// From a manifest to definitions for a module.
#include "capi/native_libraries.h"

#include "capi/fiber.h"
#include "capi/policy_text.h"
#include "embed/native_imports.h"

namespace skerry::capi {

embed::Reported<NativeLibraries> NativeLibraries::load(
    const char* path, const char* policy_toml, std::shared_ptr<native::LastError> last_error) {
  NativeLibraries made;
  if (policy_toml) {
    auto policy = policy_of(policy_toml);
    if (!policy) return std::unexpected(std::move(policy.error()));
    made.policy = std::move(*policy);
  }
  auto libraries = embed::load_libraries(path, {made.policy.get()}, std::move(last_error));
  if (!libraries) return std::unexpected(std::move(libraries.error()));
  made.libraries = std::move(*libraries);
  return made;
}

embed::Reported<void> define_native(std::span<const NativeLibraries> all, StoreState& store,
                                    const embed::LoadedModule& module, embed::Linker& linker) {
  const Module& wanting = *module.parsed.module;
  for (const Import& import : wanting.imports) {
    const auto* const type = std::get_if<uint32_t>(&import.type);
    if (!type) continue;
    for (const auto& [policy, libraries] : all) {
      if (!embed::has_import(*libraries, import.module, import.name)) continue;
      if (linker.find(import.module, import.name, &wanting.types[*type].func)) break;
      auto func =
          embed::bind_import(*libraries, import.module, import.name, policy.get(), kPolicyText);
      if (!func) return std::unexpected(std::move(func.error()));
      if (libraries->may_call_back(import.module, import.name))
        func->call = native_on_fiber(store, std::move(func->call));
      else if (func->may_block)
        func->call = blocking_on_fiber(store, std::move(func->call));
      linker.define_func(import.module, import.name, std::move(*func));
      break;
    }
  }
  return {};
}

}  // namespace skerry::capi
