// --listen, --connect and --bind: what of the network a program is given, from option values to
// open sockets. Not here: the rules of policy files (policy_file.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "cli/tables.h"
#include "cli/usage_error.h"
#include "embed/report.h"
#include "policy/policy.h"
#include "wasi/context.h"

namespace skerry::cli {

struct ListenOption {
  std::string text;  // as it was written
  std::string name;  // what the program knows the socket by
  SocketAddress address;
};

struct NetworkOptions {
  std::vector<ListenOption> listen;
  policy::EndpointRules connect_rules, listen_rules;
};

// One use of one of the three.
Parsed<void> add_network_option(OptionId option, std::string_view value, NetworkOptions& options);

// Opens the sockets and grants the rules. `policy`: null if the options alone say what is allowed;
// otherwise it has to allow what is listened on.
embed::Reported<void> grant_network(const NetworkOptions& options, const policy::Policy* policy,
                                    wasi::Config& config);

}  // namespace skerry::cli
