// Native imports: what --libraries and --plugin give a module, as definitions for its imports.
// Not here: manifests and plugins themselves (native room).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/policy_file.h"
#include "cli/settings.h"
#include "embed/linker.h"
#include "native/libraries.h"
#include "native/plugin.h"
#include "wasi/observer.h"

namespace skerry::cli {

class NativeImports {
 public:
  // Reads manifests and loads plugins. `policy` may be null; it and the observer outlive this.
  static embed::Reported<NativeImports> load(const RunSettings& settings, const PolicyFile* policy,
                                             std::shared_ptr<wasi::Observer> observer);

  // Those of the module's imports that are here. An error if the policy denies one, or if it cannot
  // be had.
  embed::Reported<void> define(const embed::LoadedModule& module, embed::Linker& linker);

  // What a plugin's function that just failed said of it; empty if nothing.
  std::string failure() const;

 private:
  embed::Reported<bool> define_import(const Import& import, embed::Linker& linker);

  const PolicyFile* policy_ = nullptr;
  native::Grants grants_;
  std::vector<std::shared_ptr<native::Libraries>> libraries_;
  std::vector<std::shared_ptr<native::Plugin>> plugins_;
};

}  // namespace skerry::cli
