// Grants: who says whether a module gets a native function. Without a policy the command that named
// the manifest or plugin has said so.
#pragma once

#include <functional>

#include "policy/decision.h"
#include "policy/policy.h"

namespace skerry::native {

struct Grants {
  const policy::Policy* policy = nullptr;
  std::function<void(const policy::Decision&)> observer = {};  // may be empty

  // `group`: the library's or the module's name. Tells the observer.
  policy::Verdict decide(policy::Action action, std::string_view group,
                         std::string_view name) const;
};

}  // namespace skerry::native
