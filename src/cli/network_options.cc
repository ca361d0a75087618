// Reading the options, opening the sockets.
#include "cli/network_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "platform/socket.h"

namespace skerry::cli {
namespace {

// What systemd calls a socket that has no name.
constexpr std::string_view kNoName = "unknown";

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

Parsed<ListenOption> parse_listen(std::string_view value) {
  constexpr std::string_view kLocalhost = "localhost:";
  const size_t equals = value.find('=');
  const bool has_name = equals != std::string_view::npos;
  const std::string_view name = has_name ? value.substr(0, equals) : kNoName;
  const std::string_view where = has_name ? value.substr(equals + 1) : value;
  const auto address =
      where.starts_with(kLocalhost)
          ? SocketAddress::parse(fmt::format("127.0.0.1:{}", where.substr(kLocalhost.size())))
          : SocketAddress::parse(where);
  if (!address)
    return usage_error(fmt::format("`--listen {}`: not an address and a port", value),
                       "write 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0, after NAME= if it is to "
                       "have a name");
  if (!is_name(name))
    return usage_error(fmt::format("`--listen {}`: not a name", value),
                       "a name is made of letters, digits, and . - _");
  return ListenOption{std::string(value), std::string(name), *address};
}

Parsed<policy::Said<policy::Endpoint>> parse_rule(std::string_view option, std::string_view value,
                                                  bool may_name_hosts) {
  auto endpoint = policy::Endpoint::parse(value);
  if (endpoint && (may_name_hosts || !endpoint->names_host()))
    return policy::Said<policy::Endpoint>{std::move(*endpoint), {std::string(option), 0, 0}};
  return usage_error(fmt::format("`{} {}`: not {}addresses and ports", option, value,
                                 may_name_hosts ? "a host, or " : ""),
                     may_name_hosts
                         ? "write 10.0.0.0/8:443, [::1]:8000-8010, api.example.com:443 or *:*"
                         : "write 127.0.0.1:8080, [::1]:8000-8010 or *:*");
}

}  // namespace

Parsed<void> add_network_option(OptionId option, std::string_view value, NetworkOptions& options) {
  if (option == OptionId::Listen) {
    auto listen = parse_listen(value);
    if (!listen) return std::unexpected(std::move(listen.error()));
    options.listen.push_back(std::move(*listen));
    return {};
  }
  const bool connects = option == OptionId::Connect;
  auto rule = parse_rule(connects ? "--connect" : "--bind", value, connects);
  if (!rule) return std::unexpected(std::move(rule.error()));
  (connects ? options.connect_rules : options.listen_rules).allow.push_back(std::move(*rule));
  return {};
}

embed::Reported<void> grant_network(const NetworkOptions& options, const policy::Policy* policy,
                                    wasi::Config& config) {
  for (const ListenOption& one : options.listen) {
    if (policy != nullptr && !decide_listen(*policy, one.address.address, one.address.port))
      return embed::report(Error{ErrorCode::PolicyDenied},
                           fmt::format("--listen {}: the policy does not allow to listen there",
                                       embed::printable(one.text)),
                           "  [network.listen] of the policy says where\n");
    auto socket = platform::open_listener(one.address);
    const auto at = socket ? platform::local_address(*socket) : std::unexpected(socket.error());
    if (!at)
      return embed::report(at.error(), fmt::format("--listen {}: {}", embed::printable(one.text),
                                                   embed::explain(at.error())));
    if (one.address.port == 0) fmt::print(stderr, "listening on {}\n", at->text());
    config.listeners.push_back({one.name, std::move(*socket)});
  }
  if (policy == nullptr &&
      (!options.connect_rules.allow.empty() || !options.listen_rules.allow.empty())) {
    auto rules = std::make_shared<policy::Policy>();
    rules->network.connect = options.connect_rules;
    rules->network.listen = options.listen_rules;
    config.policy = std::move(rules);
  }
  return {};
}

}  // namespace skerry::cli
