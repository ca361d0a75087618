// Asking the policy, and counting connections.
#include "wasi/network.h"

#include "wasi/errno.h"

namespace skerry::wasi {

Network::Network(std::shared_ptr<const policy::Policy> policy) : policy_(std::move(policy)) {}

Result<void> Network::may_open() const {
  if (!policy_) return fail_with(Errno::Acces);
  const auto& rules = policy_->network;
  if (rules.connect.allow.empty() && rules.listen.allow.empty()) return fail_with(Errno::Acces);
  return {};
}

Result<void> Network::may_connect(const SocketAddress& to) const {
  if (policy_ && decide_connect(*policy_, to.address, to.port, resolutions_)) return {};
  return fail_with(Errno::Acces);
}

Result<void> Network::may_listen(const SocketAddress& at) const {
  if (policy_ && decide_listen(*policy_, at.address, at.port)) return {};
  return fail_with(Errno::Acces);
}

Result<void> Network::may_resolve(const std::string& host) const {
  if (policy_ && decide_resolve(*policy_, host)) return {};
  return fail_with(Errno::Acces);
}

void Network::add_answer(const std::string& host, const IpAddress& address) {
  resolutions_.add(host, address);
}

Result<std::shared_ptr<void>> Network::take_connection() {
  const uint64_t most = policy_ ? policy_->limits.connections.value_or(UINT64_MAX) : UINT64_MAX;
  if (*connection_count_ >= most) return fail_with(Errno::Mfile);
  ++*connection_count_;
  return std::shared_ptr<void>(nullptr, [count = connection_count_](void*) { --*count; });
}

}  // namespace skerry::wasi
