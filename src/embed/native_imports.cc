// Reading, and errors as text.
#include "embed/native_imports.h"

#include <fmt/format.h>

#include <filesystem>

#include "embed/diagnostics.h"
#include "embed/source.h"

namespace skerry::embed {
namespace {

std::string folder_of(const std::string& path) {
  const auto text = std::filesystem::u8path(path).parent_path().u8string();
  return {text.begin(), text.end()};
}

bool is_last_error(std::string_view module, std::string_view name) {
  return module == native::kOwnModule && name == native::kLastError;
}

}  // namespace

std::string denial(const policy::Policy& policy, std::string_view document, const char* key) {
  const policy::Place* const place = policy.place_of(key);
  return fmt::format("{}: {}", place ? place_text(*place) : printable(document),
                     place ? fmt::format("no entry of {} names it", key)
                           : fmt::format("it says nothing of {}", key));
}

Reported<native::Manifest> load_manifest(const std::string& path) {
  const auto source = Source::open(path);
  if (!source) return std::unexpected(source.error());
  auto read = native::read_manifest((*source)->text(), path);
  if (read) return std::move(*read);
  return std::unexpected(mistakes(ErrorCode::ManifestInvalid, read.error(), (*source)->text()));
}

Reported<std::shared_ptr<native::Libraries>> load_libraries(
    const std::string& path, native::Grants grants, std::shared_ptr<native::LastError> last_error) {
  auto manifest = load_manifest(path);
  if (!manifest) return std::unexpected(std::move(manifest.error()));
  return native::Libraries::create(std::move(*manifest), folder_of(path), std::move(grants),
                                   std::move(last_error));
}

bool has_import(const native::Libraries& libraries, std::string_view module,
                std::string_view name) {
  return libraries.find(module, name) != nullptr || is_last_error(module, name);
}

Reported<runtime::HostFunc> bind_import(native::Libraries& libraries, std::string_view module,
                                        std::string_view name, const policy::Policy* policy,
                                        std::string_view document) {
  if (!libraries.find(module, name)) return libraries.last_error();
  auto func = libraries.bind(module, name);
  if (func) return std::move(*func);
  const native::BindError& failed = func.error();
  std::string details;
  if (failed.error.code == ErrorCode::PolicyDenied && policy)
    details = fmt::format("  {}\n", denial(*policy, document, "host.libraries"));
  else if (!failed.detail.empty())
    details = fmt::format("  {}\n", printable(failed.detail));
  return report(failed.error, fmt::format("{}: {}", failed.subject, explain(failed.error)),
                details);
}

}  // namespace skerry::embed
