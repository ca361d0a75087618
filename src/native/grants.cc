// Asking, and telling.
#include "native/grants.h"

#include <string>

namespace skerry::native {

policy::Verdict Grants::decide(policy::Action action, std::string_view group,
                               std::string_view name) const {
  policy::Verdict verdict{true};
  if (policy)
    verdict = action == policy::Action::Library ? decide_library(*policy, group, name)
                                                : decide_function(*policy, group, name);
  const std::string subject = std::string(group) + "." + std::string(name);
  if (observer)
    observer({.action = action,
              .subject = subject,
              .access = {},
              .folder = {},
              .is_allowed = verdict.is_allowed,
              .place = verdict.place});
  return verdict;
}

}  // namespace skerry::native
