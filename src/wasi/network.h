// Network: what of the network a program may use, asked before each use, and how many connections
// it has. Not here: doing it (sock*.cc); what the rules mean (policy/policy.h).
// Invariant: no packet leaves for an address, and none is listened to, that was not asked for here.
#pragma once

#include <memory>
#include <string>

#include "base/ip_address.h"
#include "base/result.h"
#include "policy/policy.h"

namespace skerry::wasi {

class Network {
 public:
  // Null: no network.
  explicit Network(std::shared_ptr<const policy::Policy> policy);

  // May the program have sockets at all? Acces if no rule allows it anything.
  Result<void> may_open() const;
  // Acces if the address is not allowed.
  Result<void> may_connect(const SocketAddress& address) const;
  Result<void> may_listen(const SocketAddress& address) const;
  // Acces if the name may not be looked up.
  Result<void> may_resolve(const std::string& host) const;
  // The answers that the program gets: rules that allow a host by name allow these.
  void add_answer(const std::string& host, const IpAddress& address);

  // A place for one more connection, taken until it is dropped. Mfile if there is none.
  Result<std::shared_ptr<void>> take_connection();

 private:
  std::shared_ptr<const policy::Policy> policy_;
  policy::Resolutions resolutions_;
  std::shared_ptr<uint64_t> connection_count_ = std::make_shared<uint64_t>(0);
};

}  // namespace skerry::wasi
