// Decisions: a walk over lists that are short.
#include "policy/policy.h"

#include <algorithm>

namespace skerry::policy {
namespace {

const Place* find_name(const Names& names, std::string_view whole) {
  for (const auto& [name, place] : names) {
    const bool fits = name.ends_with('*')
                          ? whole.starts_with(std::string_view(name).substr(0, name.size() - 1))
                          : name == whole;
    if (fits) return &place;
  }
  return nullptr;
}

Verdict decide_name(const Names& names, std::string_view group, std::string_view name) {
  const Place* const place = find_name(names, std::string(group) + "." + std::string(name));
  return {place != nullptr, place};
}

// The first rule that an address and port fall under.
template <class Leads>
const Place* find_endpoint(const std::vector<Said<Endpoint>>& rules, const IpAddress& address,
                           uint16_t port, Leads leads) {
  for (const auto& [endpoint, place] : rules) {
    if (!endpoint.ports.contains(port)) continue;
    if (endpoint.is_any_address() ||
        (endpoint.addresses && endpoint.addresses->contains(address)) ||
        (endpoint.names_host() && leads(endpoint)))
      return &place;
  }
  return nullptr;
}

const Place* find_host(const std::vector<Said<std::string>>& rules, std::string_view host) {
  for (const auto& [name, place] : rules) {
    Endpoint rule;
    rule.host = name;
    if (name == "*" || rule.matches_host(host)) return &place;
  }
  return nullptr;
}

}  // namespace

const Place* Policy::place_of(std::string_view key) const {
  const auto found = said.find(key);
  return found == said.end() ? nullptr : &found->second;
}

void Resolutions::add(std::string_view host, const IpAddress& address) {
  const auto known = std::ranges::find_if(answers_, [&](const auto& answer) {
    return answer.first == host && answer.second == address;
  });
  if (known == answers_.end()) answers_.emplace_back(host, address);
}

bool Resolutions::leads_to(const Endpoint& endpoint, const IpAddress& address) const {
  return std::ranges::any_of(answers_, [&](const auto& answer) {
    return answer.second == address && endpoint.matches_host(answer.first);
  });
}

Verdict decide_connect(const Policy& policy, const IpAddress& address, uint16_t port,
                       const Resolutions& resolutions) {
  const EndpointRules& rules = policy.network.connect;
  const auto led = [&](const Endpoint& endpoint) {
    return resolutions.leads_to(endpoint, address);
  };
  if (const Place* const place = find_endpoint(rules.deny, address, port, led))
    return {false, place};
  const bool leads_inside = is_internal(address);
  const auto leads = [&](const Endpoint& endpoint) {
    // RFC 6761: `localhost` is this machine, whoever answers for it.
    const bool is_meant = endpoint.host == "localhost" && is_loopback(address);
    return (!leads_inside || is_meant) && led(endpoint);
  };
  const Place* const place = find_endpoint(rules.allow, address, port, leads);
  return {place != nullptr, place};
}

Verdict decide_listen(const Policy& policy, const IpAddress& address, uint16_t port) {
  const EndpointRules& rules = policy.network.listen;
  const auto never = [](const Endpoint&) { return false; };
  if (const Place* const place = find_endpoint(rules.deny, address, port, never))
    return {false, place};
  const Place* const place = find_endpoint(rules.allow, address, port, never);
  return {place != nullptr, place};
}

Verdict decide_resolve(const Policy& policy, std::string_view host) {
  if (const Place* const place = find_host(policy.network.resolve.deny, host))
    return {false, place};
  if (const Place* const place = find_host(policy.network.resolve.allow, host))
    return {true, place};
  for (const auto& [endpoint, place] : policy.network.connect.allow)
    if (endpoint.names_host() && endpoint.matches_host(host)) return {true, &place};
  return {};
}

Verdict decide_function(const Policy& policy, std::string_view module, std::string_view name) {
  return decide_name(policy.host.functions, module, name);
}

Verdict decide_library(const Policy& policy, std::string_view library, std::string_view symbol) {
  return decide_name(policy.host.libraries, library, symbol);
}

Verdict decide_exit(const Policy& policy) {
  return {policy.process.exit, policy.place_of("process.exit")};
}

}  // namespace skerry::policy
