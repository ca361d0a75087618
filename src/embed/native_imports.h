// Native imports: manifests of native libraries, from files to definitions for a module's imports.
// Not here: manifests themselves (native room), plugins.
#pragma once

#include <memory>
#include <string>

#include "embed/report.h"
#include "native/libraries.h"

namespace skerry::embed {

// Every mistake with its line and a caret.
Reported<native::Manifest> load_manifest(const std::string& path);

// The functions of the manifest at `path`, for one store. No library is loaded yet. `last_error`:
// that of all manifests which the same module may import from.
Reported<std::shared_ptr<native::Libraries>> load_libraries(
    const std::string& path, native::Grants grants, std::shared_ptr<native::LastError> last_error);

// Does the manifest say what this import is?
bool has_import(const native::Libraries& libraries, std::string_view module, std::string_view name);
// An import that it has. `policy` is what the grants ask, or null; `document` is what its text is
// called.
Reported<runtime::HostFunc> bind_import(native::Libraries& libraries, std::string_view module,
                                        std::string_view name, const policy::Policy* policy,
                                        std::string_view document);

// What a policy says of what it denies, as far as it says anything: "policy.toml:3: no entry of
// host.libraries names it".
std::string denial(const policy::Policy& policy, std::string_view document, const char* key);

}  // namespace skerry::embed
