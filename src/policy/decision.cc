// Words for what may be done.
#include "policy/decision.h"

#include <string>
#include <utility>

namespace skerry::policy {

std::vector<std::string_view> access_names(Access access) {
  constexpr std::pair<Access, std::string_view> kNames[] = {{Access::Read, "read"},
                                                            {Access::Write, "write"},
                                                            {Access::Create, "create"},
                                                            {Access::Delete, "delete"}};
  std::vector<std::string_view> names;
  for (const auto& [one, name] : kNames)
    if (has_all(access, one)) names.push_back(name);
  return names;
}

std::string access_text(Access access) {
  std::string text;
  for (const std::string_view name : access_names(access))
    text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace skerry::policy
