// NativeLibraries: a manifest that a linker was given, with the policy that has a say in it.
// Not here: what is done with a fiber's host (fiber.h).
#pragma once

#include <memory>
#include <span>

#include "capi/store.h"
#include "embed/linker.h"
#include "native/libraries.h"
#include "policy/policy.h"

namespace skerry::capi {

struct NativeLibraries {
  std::shared_ptr<const policy::Policy> policy;  // null: the manifest is the grant
  std::shared_ptr<native::Libraries> libraries;

  // `policy_toml` may be null; `last_error` is the linker's.
  static embed::Reported<NativeLibraries> load(const char* path, const char* policy_toml,
                                               std::shared_ptr<native::LastError> last_error);
};

// Gives `linker` what the module imports of the manifests. What it has already goes before them.
embed::Reported<void> define_native(std::span<const NativeLibraries> all, StoreState& store,
                                    const embed::LoadedModule& module, embed::Linker& linker);

}  // namespace skerry::capi
