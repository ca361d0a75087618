// Words for what may be done.
#include "policy/decision.h"

#include <string>
#include <utility>

namespace skerry::policy {

std::string access_text(Access access) {
  constexpr std::pair<Access, std::string_view> kNames[] = {{Access::Read, "read"},
                                                            {Access::Write, "write"},
                                                            {Access::Create, "create"},
                                                            {Access::Delete, "delete"}};
  std::string text;
  for (const auto& [one, name] : kNames)
    if (has_all(access, one)) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace skerry::policy
