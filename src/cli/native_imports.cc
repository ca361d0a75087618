// From files to definitions, and errors as text.
#include "cli/native_imports.h"

#include <fmt/format.h>

#include <filesystem>

#include "embed/source.h"

namespace skerry::cli {
namespace {

std::string folder_of(const std::string& path) {
  const auto text = std::filesystem::u8path(path).parent_path().u8string();
  return {text.begin(), text.end()};
}

// A policy's answer, as far as it has one.
std::string denial(const PolicyFile& file, const char* key) {
  const policy::Place* const place = file.policy.place_of(key);
  return fmt::format("{}: {}", place ? place_text(*place) : embed::printable(file.path),
                     place ? fmt::format("no entry of {} names it", key)
                           : fmt::format("it says nothing of {}", key));
}

}  // namespace

embed::Reported<native::Manifest> load_manifest(const std::string& path) {
  const auto source = embed::Source::open(path);
  if (!source) return std::unexpected(source.error());
  auto read = native::read_manifest((*source)->text(), path);
  if (read) return std::move(*read);
  return std::unexpected(mistakes(ErrorCode::ManifestInvalid, read.error(), (*source)->text()));
}

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
  for (const std::string& path : settings.libraries) {
    auto manifest = load_manifest(path);
    if (!manifest) return std::unexpected(std::move(manifest.error()));
    imports.libraries_.push_back(
        native::Libraries::create(std::move(*manifest), folder_of(path), imports.grants_));
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

std::unexpected<embed::Report> NativeImports::cannot(const native::BindError& error) const {
  std::string details;
  if (error.error.code == ErrorCode::PolicyDenied && policy_)
    details = fmt::format("  {}\n", denial(*policy_, "host.libraries"));
  else if (!error.detail.empty())
    details = fmt::format("  {}\n", embed::printable(error.detail));
  return embed::report(error.error,
                       fmt::format("{}: {}", error.subject, embed::explain(error.error)), details);
}

embed::Reported<bool> NativeImports::define_import(const Import& import, embed::Linker& linker) {
  for (const auto& libraries : libraries_) {
    if (libraries->find(import.module, import.name)) {
      auto func = libraries->bind(import.module, import.name);
      if (!func) return cannot(func.error());
      linker.define_func(import.module, import.name, std::move(*func));
      return true;
    }
    if (import.module == native::kOwnModule && import.name == native::kLastError) {
      linker.define_func(import.module, import.name, libraries->last_error());
      return true;
    }
  }
  for (const auto& plugin : plugins_) {
    if (!plugin->has(import.module, import.name)) continue;
    if (!grants_.decide(policy::Action::Function, import.module, import.name)) {
      const Error error{ErrorCode::PolicyDenied};
      return embed::report(
          error, fmt::format("{}.{}: {}", import.module, import.name, embed::explain(error)),
          fmt::format("  {}\n", denial(*policy_, "host.functions")));
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
