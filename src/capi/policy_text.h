// Policies as C gives them: texts.
#pragma once

#include <memory>

#include "embed/report.h"
#include "policy/policy.h"

namespace skerry::capi {

// Errors call it "policy".
inline constexpr const char* kPolicyText = "policy";
embed::Reported<std::shared_ptr<const policy::Policy>> policy_of(const char* toml);

}  // namespace skerry::capi
