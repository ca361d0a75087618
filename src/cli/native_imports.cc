// Manifests and plugins of a run as definitions.
#include "cli/native_imports.h"

#include <fmt/format.h>

#include "embed/native_imports.h"

namespace skerry::cli {

embed::Reported<NativeImports> NativeImports::load(const RunSettings& settings,
                                                   const PolicyFile* policy,
                                                   std::shared_ptr<wasi::Observer> observer) {
  NativeImports imports;
  imports.policy_ = policy;
  imports.grants_.policy = policy ? &policy->policy : nullptr;
  if (observer)
    imports.grants_.observer = [observer = std::move(observer)](const policy::Decision& decision) {
      observer->decided(decision);
    };
  const auto last_error = std::make_shared<native::LastError>();
  for (const std::string& path : settings.libraries) {
    auto libraries = embed::load_libraries(path, imports.grants_, last_error);
    if (!libraries) return std::unexpected(std::move(libraries.error()));
    imports.libraries_.push_back(std::move(*libraries));
  }
  for (const std::string& path : settings.plugins) {
    auto plugin = native::Plugin::load(path);
    if (!plugin) {
      std::string message =
          fmt::format("--plugin {}: {}", path, embed::explain(plugin.error().error));
      if (!plugin.error().detail.empty()) message += ": " + plugin.error().detail;
      return embed::report(plugin.error().error, message);
    }
    imports.plugins_.push_back(std::move(*plugin));
  }
  return imports;
}

embed::Reported<bool> NativeImports::define_import(const Import& import, embed::Linker& linker) {
  for (const auto& libraries : libraries_) {
    if (!embed::has_import(*libraries, import.module, import.name)) continue;
    auto func = embed::bind_import(*libraries, import.module, import.name,
                                   policy_ ? &policy_->policy : nullptr,
                                   policy_ ? policy_->path : std::string());
    if (!func) return std::unexpected(std::move(func.error()));
    linker.define_func(import.module, import.name, std::move(*func));
    return true;
  }
  for (const auto& plugin : plugins_) {
    if (!plugin->has(import.module, import.name)) continue;
    if (!grants_.decide(policy::Action::Function, import.module, import.name)) {
      const Error error{ErrorCode::PolicyDenied};
      return embed::report(
          error, fmt::format("{}.{}: {}", import.module, import.name, embed::explain(error)),
          fmt::format("  {}\n", embed::denial(policy_->policy, policy_->path, "host.functions")));
    }
    linker.define_func(import.module, import.name, plugin->func(import.module, import.name));
    return true;
  }
  return false;
}

embed::Reported<void> NativeImports::define(const embed::LoadedModule& module,
                                            embed::Linker& linker) {
  for (const Import& import : module.parsed.module->imports) {
    if (import.kind() != ExternKind::Func) continue;
    if (const auto defined = define_import(import, linker); !defined)
      return std::unexpected(defined.error());
  }
  return {};
}

std::string NativeImports::failure() const {
  for (const auto& plugin : plugins_)
    if (!plugin->failure().empty())
      return fmt::format("  {}: {}\n", embed::printable(plugin->path()),
                         embed::printable(plugin->failure()));
  return {};
}

}  // namespace skerry::cli
