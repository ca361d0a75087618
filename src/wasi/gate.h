// Gate: what a program's policy of the moment says, asked before each use of the network and of a
// folder. Not here: doing it (sock*.cc, path.cc); what rules mean (policy/policy.h).
// Invariant: no packet leaves for an address, and none is listened to, that was not asked for here.
// Threads: the guest's asks; set_policy() may be called from any other at the same time.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "wasi/grant.h"
#include "wasi/observer.h"

namespace skerry::wasi {

class Gate {
 public:
  using PolicyPtr = std::shared_ptr<const policy::Policy>;

  // `policy` null: no network, and the program may end itself. `observer` may be null.
  Gate(PolicyPtr policy, std::shared_ptr<Observer> observer);

  // Puts another policy in the first one's place. Folders keep what it allows under their name, if
  // it is the same folder of the host; sockets stay open if it allows their address; everything
  // else through them fails with Notcapable from the next call on. Folders that are new, clocks,
  // variables, streams and limits but for connections are those of the start.
  void set_policy(PolicyPtr policy);

  // May the program have sockets at all? Acces if no rule allows it anything.
  Result<void> may_open_socket() const;
  // Acces if the address is not allowed. The grant is for what is used longer than once.
  Result<void> may_connect(const SocketAddress& address);
  Result<void> may_listen(const SocketAddress& address);
  std::shared_ptr<Grant> connection_grant(const SocketAddress& address);
  std::shared_ptr<Grant> listener_grant(const SocketAddress& address);
  // Acces if the name may not be looked up.
  Result<void> may_resolve(const std::string& host);
  // The answers that the program gets: rules that allow a host by name allow these.
  void add_answer(const std::string& host, const IpAddress& address);
  // A place for one more connection, taken until it is dropped. Mfile if there is none.
  Result<std::shared_ptr<void>> take_connection();

  std::shared_ptr<Grant> add_folder(const std::string& guest_path, policy::Access access);
  // Acces, Rofs, or Notcapable for what was allowed once. `path` is told the observer.
  Result<void> may_use(const Grant& folder, policy::Access needed, std::string_view path);
  bool is_observed() const { return observer_ != nullptr; }

  bool may_exit();
  void limit_reached(std::string_view key);
  void called(const Function& function, std::span<const uint64_t> arguments) {
    if (observer_) observer_->called(function, arguments);
  }

 private:
  enum class Way : uint8_t { Connect, Listen };
  struct Folder {
    std::string host;  // as the policy says it
    std::shared_ptr<Grant> grant;
  };
  struct Socket {
    Way way;
    SocketAddress address;
    std::weak_ptr<Grant> grant;
  };

  PolicyPtr policy() const;
  policy::Verdict decide(const policy::Policy& policy, Way way, const SocketAddress& address) const;
  Result<void> may(Way way, const SocketAddress& address);
  std::shared_ptr<Grant> socket_grant(Way way, const SocketAddress& address);
  void tell(const policy::Decision& decision) const {
    if (observer_) observer_->decided(decision);
  }

  const std::shared_ptr<Observer> observer_;
  std::shared_ptr<uint64_t> connection_count_ = std::make_shared<uint64_t>(0);
  mutable std::mutex mutex_;  // of what follows
  PolicyPtr policy_;
  policy::Resolutions resolutions_;
  std::vector<Folder> folders_;
  std::vector<Socket> sockets_;
};

}  // namespace skerry::wasi
