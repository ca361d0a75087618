// Reading them.
#include "capi/policy_text.h"

#include "embed/diagnostics.h"

namespace skerry::capi {

embed::Reported<std::shared_ptr<const policy::Policy>> policy_of(const char* toml) {
  auto read = policy::read_policy(toml, kPolicyText);
  if (read) return std::make_shared<const policy::Policy>(std::move(*read));
  return std::unexpected(embed::mistakes(ErrorCode::PolicyDenied, read.error(), toml));
}

}  // namespace skerry::capi
